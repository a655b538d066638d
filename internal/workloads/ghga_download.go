package workloads

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// download brings the files as the Connector's own command does: it asks for all of them, so that they are staged at the same time, and brings
// each when it is ready. What it has asked for and not brought when it ends, it was still about.
func (m *mover) download(ctx context.Context) {
	left := map[string]runner.Upload{} // by accession
	var order []string
	for i := range m.Objects {
		u := m.planned(m.ordinal(i))
		u.Object.Moved = connector.EncryptedSize(m.Size) - connector.EncryptedSize(0) // its header comes another way
		accession := m.side.Accession(u.Object.Ordinal)
		left[accession], order = u, append(order, accession)
	}
	take := func(accession string) runner.Upload {
		u := left[accession]
		delete(left, accession)
		order = slices.DeleteFunc(order, func(a string) bool { return a == accession })
		return u
	}
	fail := func(accession string, err error) {
		u := take(accession)
		u.Err = err
		m.ended(ctx, u)
	}
	err := m.bringAll(ctx, slices.Clone(order), take, fail)
	for _, accession := range slices.Clone(order) {
		fail(accession, err)
	}
}

// bringAll brings the files until all are there, or until something ends it: the end of the context, or a question that is answered by an error
// which says nothing of one file alone. It takes those that it brings, and fails those that cannot be had.
func (m *mover) bringAll(ctx context.Context, accessions []string, take func(string) runner.Upload, fail func(string, error)) error {
	staging, err := m.connector.Stage(ctx, accessions...)
	if err != nil {
		return err
	}
	for _, accession := range accessions {
		if err, missing := staging.Missing[accession]; missing {
			fail(accession, err)
		}
	}
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		accession, err := staging.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case accession == "":
			return err
		case err != nil:
			fail(accession, err)
			continue
		}
		u := take(accession)
		u.Planned = time.Now()
		got, err := m.connector.Download(ctx, accession, m.folder(), false)
		u.Receipt.Key, u.Err = got.Path, err
		m.ended(ctx, u)
	}
}
