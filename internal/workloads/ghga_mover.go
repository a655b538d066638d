package workloads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
)

// mover is a client of a trial.
type mover struct {
	*transfers
	client    runner.Client
	connector *connector.Connector
	ids       map[int]string // of files to delete, by ordinal
	// downloaded is what has come and is not read back yet.
	downloaded []runner.Upload
}

// ordinal is that of the client's nth file, from 0. They are dealt out round robin, as those of uploads are.
func (m *mover) ordinal(n int) int { return n*len(m.env.Clients) + m.client.Ordinal + 1 }

func (m *mover) run(ctx context.Context) {
	hold(ctx, offset(m.client)(0, 0))
	switch m.Do {
	case "download":
		m.download(ctx)
	case "delete":
		m.remove(ctx)
	default:
		m.upload(ctx)
	}
}

// remove deletes the files.
func (m *mover) remove(ctx context.Context) {
	i := 0
	for ; i < m.Objects && ctx.Err() == nil; i++ {
		u := m.planned(m.ordinal(i))
		u.Object.Size = 0
		u.Receipt.Key = m.ids[u.Object.Ordinal]
		u.Err = m.connector.Delete(ctx, u.Receipt.Key)
		m.ended(ctx, u)
	}
	for ; i < m.Objects; i++ { // nobody has tried to delete these
		m.side.GoesOn(m.ordinal(i))
	}
}

// upload uploads the files as the Connector's own command does: as one batch, in which those that fail may have to wait for all others. One that
// still waits for another turn when the trial is over has failed when its last turn did: nothing of it was under way.
func (m *mover) upload(ctx context.Context) {
	var begun []runner.Upload // by the number of the file
	files := func(yield func(connector.Source) bool) {
		for i := 0; (m.Objects == 0 || i < m.Objects) && ctx.Err() == nil; i++ {
			u := m.planned(m.ordinal(i))
			begun = append(begun, u)
			if !yield(connector.Source{
				Alias: u.Object.Key, Size: m.Size, Content: io.NewSectionReader(u.Object.Content, 0, m.Size), // which ends, as a file does
			}) {
				return
			}
		}
	}
	waits := map[int]time.Time{} // since when files wait for another turn
	err := m.connector.UploadEach(ctx, files, connector.Watch{
		Turn:  func(file int) { delete(waits, file) },
		Again: func(file int) { waits[file] = time.Now() },
		Ended: func(file int, r connector.Result) {
			u := begun[file]
			u.Receipt.Key, u.Receipt.ETag, u.Err = r.FileID, r.ETag, r.Err
			if r.Skipped != "" {
				u.Err = connector.ErrExists
			}
			if failed, ok := waits[file]; ok {
				u.Ended = failed
				m.report(u)
				return
			}
			m.ended(ctx, u)
		},
	})
	if err == nil {
		err = connector.ErrNotBegun // but for the end of the trial
	}
	// Without a list of its box a Connector begins nothing, and a box that is full ends it.
	for i := len(begun); ctx.Err() == nil && i < max(m.Objects, 1); i++ {
		u := m.planned(m.ordinal(i))
		u.Err = err
		m.ended(ctx, u)
	}
}

// planned is a file that is to be moved now.
func (m *mover) planned(ordinal int) runner.Upload {
	return runner.Upload{Planned: time.Now(), Object: runner.Object{
		Client: m.client.Ordinal, Ordinal: ordinal, Key: m.side.Alias(ordinal), Size: m.Size, PartSize: m.client.PartSize,
		Content: m.content.object(ordinal),
	}}
}

// ended reports a file that has ended, or been cut off, just now.
func (m *mover) ended(ctx context.Context, u runner.Upload) {
	u.Ended = time.Now()
	if u.CutOff = cutOff(ctx, u.Err); u.CutOff {
		u.Ended = m.end // a Connector that is called off still removes what it has begun
		m.side.GoesOn(u.Object.Ordinal)
	}
	if m.Do == "download" && u.Err == nil {
		m.downloaded = append(m.downloaded, u)
		return
	}
	m.report(u)
}

// report reports a file that has ended, and why, if it has failed.
func (m *mover) report(u runner.Upload) {
	if !u.CutOff {
		name := m.side.Alias(u.Object.Ordinal)
		switch m.Do {
		case "download":
			name = m.side.Accession(u.Object.Ordinal)
		case "delete":
			name = m.ids[u.Object.Ordinal]
		}
		u.Reason = reasonOf(u.Err, name)
	}
	m.env.Report(u)
}

// folder is where the client's downloads go.
func (m *mover) folder() string { return filepath.Join(m.dir, strconv.Itoa(m.client.Ordinal)) }

// settle reads what was downloaded and reports it.
func (m *mover) settle() {
	for _, u := range m.downloaded {
		u.Receipt.SHA256, u.Receipt.Read, u.Err = digest(u.Receipt.Key)
		u.Receipt.Key = ""
		m.report(u)
	}
	m.downloaded = nil
}

// digest reads a file.
func digest(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("reading what was downloaded: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("reading what was downloaded: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
