package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// errOther says that a file was decrypted, and still is not the one that it should be.
var errOther = errors.New("the decrypted file does not have the SHA-256 that the DCS tells of it")

// fetched is a file that is being brought.
type fetched struct {
	connector *Connector
	accession string
	object    Object
	envelope  []byte
	sealed    string // where the encrypted file goes

	ours bool // an earlier download has been here, so what is not whole may be replaced

	mu    sync.Mutex
	state partial
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

// fetch brings the encrypted file, or what is missing of it, and puts it into place.
func (f *fetched) fetch(ctx context.Context) (err error) {
	if f.whole() {
		f.connector.tell(Event{File: f.accession, What: "bytes", Bytes: f.object.Size})
		return nil
	}
	part := f.sealed + partSuffix
	w, err := openPart(part, f.ours || f.connector.cfg.Overwrite, len(f.state.Parts) > 0)
	if err != nil {
		return err
	}
	err = f.fill(ctx, w)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = f.note(func(p *partial) { p.Whole = true })
	}
	if err == nil {
		err = vacant(f.sealed, f.connector.cfg.Overwrite)
	}
	if err == nil {
		err = os.Rename(part, f.sealed)
	}
	if err != nil {
		return f.fail(ctx, err, false)
	}
	syncDir(filepath.Dir(f.sealed))
	return nil
}

// fill brings what is missing into the file, and makes sure that all of it is on the disk.
func (f *fetched) fill(ctx context.Context, w *os.File) error {
	if err := f.note(func(*partial) {}); err != nil { // so that another download knows whose the file is
		return err
	}
	if _, err := w.WriteAt(f.envelope, 0); err != nil {
		return err
	}
	d := f.downloader()
	d.Brought = func(part int) error {
		if f.resumes() { // what is noted has to outlast a power cut
			if err := w.Sync(); err != nil {
				return err
			}
		}
		return f.note(func(p *partial) { p.Parts = append(p.Parts, part) })
	}
	size, err := d.Download(ctx, w, int64(len(f.envelope)))
	if err != nil {
		return err
	}
	if size != f.object.Size {
		return fmt.Errorf("%w: it had %d bytes and has %d now", errChanging, f.object.Size, size)
	}
	if err := w.Sync(); err != nil {
		return err
	}
	info, err := w.Stat()
	if err == nil && info.Size() != f.size() {
		err = fmt.Errorf("%s: %w: it has %d bytes of %d", w.Name(), ErrTruncated, info.Size(), f.size())
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
		PartSize: f.state.PartSize, InFlight: c.cfg.InFlight, Offset: c.cfg.Offset,
		Behaviour: c.behaviour, Done: f.done,
		Progress: func(e Event) { e.File = f.accession; c.tell(e) },
	}
}

// decrypt decrypts the encrypted file, and compares it with what the DCS says of it. A segment that came damaged is asked for again where the
// behaviour says so.
func (f *fetched) decrypt(ctx context.Context, w io.Writer) (Decrypted, error) {
	src, err := os.OpenFile(f.sealed, os.O_RDWR, 0)
	if err != nil {
		return Decrypted{}, err
	}
	defer src.Close()
	var mend mender
	if f.connector.behaviour.mends() {
		mend = func(ctx context.Context, damaged *DecryptError, segment []byte) error {
			f.connector.tell(Event{File: f.accession, What: "retry", Bytes: -int64(len(segment)), Err: damaged})
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
		return Decrypted{}, fmt.Errorf("decrypting %s: %w", filepath.Base(f.sealed), err)
	}
	if want := f.object.SHA256; want != "" && want != got.SHA256 {
		return Decrypted{}, errOther
	}
	return got, nil
}
