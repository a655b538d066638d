package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// Downloaded is a file that has been downloaded.
type Downloaded struct {
	Path          string
	Size          int64 // bytes of the file at Path
	EncryptedSize int64 // bytes that were brought, the envelope included
}

// Stage asks for files, so that they are staged for download, and tells which of them there are. Each that Next returns is to be downloaded then.
func (c *Connector) Stage(ctx context.Context, accessions ...string) (*Staging, error) {
	return c.stager().Stage(ctx, accessions...)
}

func (c *Connector) stager() *Stager {
	return &Stager{
		Patience: c.behaviour.MaxStaging,
		Ask: func(ctx context.Context, accession string) (time.Duration, error) {
			_, wait, err := c.asked(ctx, accession)
			return wait, err
		},
		Gone: func(err error) bool {
			api, ok := errors.AsType[*APIError](err)
			return ok && (api.Status == http.StatusForbidden || api.Status == http.StatusNotFound)
		},
		Waiting: func(accession string, wait time.Duration) {
			c.tell(Event{File: accession, What: "staging", Wait: wait})
		},
	}
}

// Download downloads a file into a folder: in ranges into <accession><ext>.c4gh.part, renamed when it is whole, and decrypted to
// <accession><ext> by way of a .part of its own. If keep is true it stays encrypted, under <accession><ext>.c4gh. What is there is
// overwritten only if Config.Overwrite is set; a file that is there and has the right size ends in ErrPresent.
//
// Of a download that fails nothing is left, unless the behaviour resumes and another try may succeed: then the encrypted .part stays, beside
// a file that says which parts it holds, and the next download into the folder goes on with it.
//
// The size is checked against what the DCS says, and the SHA-256 of the plain text too where it says one.
func (c *Connector) Download(ctx context.Context, accession, dir string, keep bool) (Downloaded, error) {
	got, err := c.bring(ctx, accession, dir, keep)
	c.forgetObject(accession)
	if err != nil {
		return Downloaded{}, fmt.Errorf("%s: %w", accession, err)
	}
	c.tell(Event{File: accession, What: "done"})
	return got, nil
}

func (c *Connector) bring(ctx context.Context, accession, dir string, keep bool) (Downloaded, error) {
	files, err := c.Files(ctx)
	if err != nil {
		return Downloaded{}, err
	}
	ext, ok := files[accession]
	if !ok {
		return Downloaded{}, errors.New("the file is not in the work package")
	}
	plain, err := place(dir, accession, ext)
	if err != nil {
		return Downloaded{}, err
	}
	sealed := plain + ".c4gh"
	if err := vacant(plain, keep || c.cfg.Overwrite); err != nil {
		return Downloaded{}, c.present(ctx, accession, plain, false, err)
	}
	if err := vacant(sealed, c.cfg.Overwrite || exists(sealed+stateSuffix)); err != nil {
		if keep {
			err = c.present(ctx, accession, sealed, true, err)
		}
		return Downloaded{}, err
	}
	o, err := c.staged(ctx, accession, c.asked)
	if err != nil {
		return Downloaded{}, err
	}
	f := &fetched{connector: c, accession: accession, object: o, sealed: sealed}
	err = c.persist(ctx, accession, func() error {
		f.envelope, err = c.envelope(ctx, accession)
		return err
	})
	if err != nil {
		return Downloaded{}, err
	}
	if err := f.fits(c.cfg.Access.Key); err != nil {
		return Downloaded{}, err // before gigabytes are brought
	}
	release, err := hold(sealed + partSuffix)
	if err != nil {
		return Downloaded{}, full(err, sealed)
	}
	defer release()
	if err := vacant(plain, keep || c.cfg.Overwrite); err != nil { // another process may have brought it meanwhile
		return Downloaded{}, c.present(ctx, accession, plain, false, err)
	}
	f.recall()
	ours := f.whole() // and so what an earlier download has begun to decrypt
	if err := vacant(sealed, c.cfg.Overwrite || ours); err != nil {
		return Downloaded{}, err
	}
	if err := vacant(plain+partSuffix, keep || c.cfg.Overwrite || ours); err != nil {
		return Downloaded{}, err
	}
	c.tell(Event{File: accession, What: "begin", Total: f.object.Size})
	if err := f.fetch(ctx); err != nil {
		return Downloaded{}, err
	}
	got := Downloaded{Path: sealed, Size: f.size(), EncryptedSize: f.size()}
	switch {
	case keep && !c.behaviour.mends():
		return got, f.forget(false)
	case keep:
		_, err = f.decrypt(ctx, io.Discard)
	default:
		err = intoPlace(plain, c.cfg.Overwrite, ours, func(w *os.File) error {
			d, err := f.decrypt(ctx, w)
			got.Path, got.Size = plain, d.Size
			return err
		})
	}
	if err != nil {
		return Downloaded{}, f.fail(ctx, err, true)
	}
	return got, f.forget(!keep)
}

// asked asks for a file until it gets an answer.
func (c *Connector) asked(ctx context.Context, accession string) (o Object, wait time.Duration, err error) {
	err = c.persist(ctx, accession, func() error {
		o, wait, err = c.object(accession).get(ctx)
		return err
	})
	return o, wait, err
}

// persist calls f as often as the behaviour tries a part.
func (c *Connector) persist(ctx context.Context, accession string, f func() error) error {
	var s spent
	for {
		err := f()
		if err == nil || ctx.Err() != nil || !s.on(err, c.behaviour.PartAttempts) || !c.behaviour.transient(err) {
			return err
		}
		wait := c.behaviour.pause(s.rounds, err)
		c.tell(Event{File: accession, What: "retry", Attempt: s.rounds + 1, Wait: wait, Err: err})
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// staged waits until a file can be downloaded, and asks for it with get.
func (c *Connector) staged(ctx context.Context, accession string, get func(context.Context, string) (Object, time.Duration, error)) (Object, error) {
	for {
		o, wait, err := get(ctx, accession)
		if err != nil || wait == 0 {
			return o, err
		}
		if _, err := c.stager().asked(accession, wait).Next(ctx); err != nil {
			return Object{}, err
		}
	}
}
