package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
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
// overwritten only if Config.Overwrite is set; of a download that fails nothing is left.
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
	if err := errors.Join(vacant(plain, keep || c.cfg.Overwrite), vacant(sealed, c.cfg.Overwrite)); err != nil {
		return Downloaded{}, err
	}
	o, err := c.staged(ctx, accession, c.asked)
	if err != nil {
		return Downloaded{}, err
	}
	f := &fetched{connector: c, accession: accession, object: o}
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
	c.tell(Event{File: accession, What: "begin", Total: f.size()})
	if err := intoPlace(sealed, c.cfg.Overwrite, func(w *os.File) error { return f.fetch(ctx, w) }); err != nil {
		return Downloaded{}, err
	}
	got := Downloaded{Path: sealed, Size: f.size(), EncryptedSize: f.size()}
	if keep && !c.behaviour.mends() {
		return got, nil
	}
	if keep {
		if _, err := f.decrypt(ctx, sealed, io.Discard); err != nil {
			return Downloaded{}, errors.Join(err, os.Remove(sealed))
		}
		return got, nil
	}
	err = intoPlace(plain, c.cfg.Overwrite, func(w *os.File) error {
		d, err := f.decrypt(ctx, sealed, w)
		got.Path, got.Size = plain, d.Size
		return err
	})
	if err = errors.Join(err, os.Remove(sealed)); err != nil {
		return Downloaded{}, err
	}
	return got, nil
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
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || ctx.Err() != nil || attempt >= c.behaviour.PartAttempts || !c.behaviour.transient(err) {
			return err
		}
		wait := c.behaviour.pause(attempt, err)
		c.tell(Event{File: accession, What: "retry", Attempt: attempt + 1, Wait: wait, Err: err})
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

// fetched is a file that is being brought.
type fetched struct {
	connector *Connector
	accession string
	object    Object
	envelope  []byte
}

// size is that of the encrypted file.
func (f *fetched) size() int64 { return int64(len(f.envelope)) + f.object.Size }

// fits makes sure that the envelope is one, and can be opened with a key.
func (f *fetched) fits(key KeyPair) error {
	header, err := readEnvelope(bytes.NewReader(f.envelope))
	if err == nil && len(header) < len(f.envelope) {
		err = errors.New("there is more than a header in it")
	}
	if err == nil {
		_, err = openEnvelope(header, key.Private)
	}
	if err != nil {
		return fmt.Errorf("the envelope that the DCS has for it: %w", err)
	}
	return nil
}

// fetch writes the encrypted file.
func (f *fetched) fetch(ctx context.Context, w *os.File) error {
	if _, err := w.WriteAt(f.envelope, 0); err != nil {
		return err
	}
	size, err := f.downloader().Download(ctx, w, int64(len(f.envelope)))
	if err == nil && size != f.object.Size {
		err = fmt.Errorf("the file has changed while it was downloaded: it had %d bytes and has %d now", f.object.Size, size)
	}
	return err
}

func (f *fetched) downloader() *Downloader {
	c := f.connector
	return &Downloader{
		Object: func(ctx context.Context) (Object, error) {
			return c.staged(ctx, f.accession, func(ctx context.Context, accession string) (Object, time.Duration, error) {
				return c.object(accession).get(ctx)
			})
		},
		Refused: func(ctx context.Context, o Object) error {
			return c.object(f.accession).refused(ctx, o)
		},
		Get:      c.handler.ranged,
		PartSize: c.cfg.PartSize, InFlight: c.cfg.InFlight, Offset: c.cfg.Offset,
		Behaviour: c.behaviour,
		Progress:  func(e Event) { e.File = f.accession; c.tell(e) },
	}
}

// decrypt decrypts the encrypted file, and compares it with what the DCS says of it. A segment that came damaged is asked for again where the
// behaviour says so.
func (f *fetched) decrypt(ctx context.Context, sealed string, w io.Writer) (Decrypted, error) {
	src, err := os.OpenFile(sealed, os.O_RDWR, 0)
	if err != nil {
		return Decrypted{}, err
	}
	defer src.Close()
	var mend mender
	if f.connector.behaviour.mends() {
		mend = func(ctx context.Context, damaged *DecryptError, segment []byte) error {
			f.connector.tell(Event{File: f.accession, What: "retry", Err: damaged})
			first := damaged.Offset - int64(len(f.envelope))
			r := extent{first: first, last: first + int64(len(segment)) - 1, size: f.object.Size}
			if err := f.downloader().Part(ctx, r, src, int64(len(f.envelope))); err != nil {
				return err
			}
			_, err := src.ReadAt(segment, damaged.Offset)
			return err
		}
	}
	got, err := decrypt(ctx, w, io.NewSectionReader(src, 0, f.size()), f.size(), f.connector.cfg.Access.Key, mend)
	if err != nil {
		return Decrypted{}, fmt.Errorf("decrypting %s: %w", filepath.Base(sealed), err)
	}
	if want := f.object.SHA256; want != "" && want != got.SHA256 {
		return Decrypted{}, errors.New("the decrypted file does not have the SHA-256 that the DCS tells of it")
	}
	return got, nil
}
