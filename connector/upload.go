package connector

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"
)

// Upload uploads a file, in as many passes as the behaviour allows. When it fails, nothing is left at the UCS, unless the journal remembers it: when the context
// has ended, and when parts have been brought and what it failed of may pass.
func (u *Uploader) Upload(ctx context.Context, s Source) (Uploaded, error) {
	if err := s.check(); err != nil {
		return Uploaded{}, err
	}
	t := u.newTransfer(s)
	defer t.letGo()
	if err := t.recall(ctx); err != nil {
		return Uploaded{}, failing(s.Alias, err)
	}
	return t.upload(ctx)
}

// upload makes all passes.
func (t *transfer) upload(ctx context.Context) (Uploaded, error) {
	for pass := 1; ; pass++ {
		up, again, err := t.pass(ctx, pass)
		if err == nil || !again {
			return up, err
		}
		if err := sleep(ctx, t.Behaviour.FilePause); err != nil {
			return Uploaded{}, failing(t.Alias, t.giveUp(ctx, err))
		}
	}
}

// pass makes one pass. again says that there may be a further one, after FilePause; else nothing is left behind.
func (t *transfer) pass(ctx context.Context, n int) (up Uploaded, again bool, err error) {
	if up, err = t.try(ctx); err == nil {
		return up, false, nil
	}
	if gone(err) && t.Behaviour.Resume && ctx.Err() == nil {
		err = t.vanished(ctx, err)
	}
	if ctx.Err() != nil || n > t.Behaviour.FilePasses || !t.worthAnotherPass(err) {
		return up, false, failing(t.Alias, t.giveUp(ctx, err))
	}
	e := Event{File: t.Alias, What: "retry", Wait: t.Behaviour.FilePause, Err: err}
	if !t.Behaviour.Resume || gone(err) {
		e.What, e.Attempt = "restart", n
		t.restarts++
		if t.half != nil {
			// As it is, what cannot be removed is left behind, and the next creation is refused.
			if removeErr := t.remove(ctx); removeErr != nil && t.Behaviour.Resume {
				t.leave()
				return up, false, failing(t.Alias, fmt.Errorf("%w; %w", err, removeErr))
			}
			e.Bytes = -t.forget()
		}
	}
	t.tell(e)
	return up, true, failing(t.Alias, err)
}

// vanished finds out why an upload is gone. Where somebody has deleted it, and for a reason, that is the error; where nobody can tell, it is final.
func (t *transfer) vanished(ctx context.Context, err error) error {
	f, findErr := t.Find(ctx, t.Alias)
	switch {
	case findErr != nil:
		return hopeless{err}
	case f != nil && t.half != nil && f.ID == t.half.FileID && f.State == "cancelled":
		return ErrCancelled
	}
	return err
}

// worthAnotherPass says whether a further pass may end better than the last.
func (t *transfer) worthAnotherPass(err error) bool {
	b := t.Behaviour
	switch {
	case final(err):
		return false
	case !b.Resume: // as it is, every file that fails is begun again, for whatever reason, unless the box is full
		return !isStatus(err, ucs, http.StatusInsufficientStorage)
	case gone(err):
		return true
	case b.PartAttempts > 1: // all that may pass has been waited for already
		return false
	case t.half == nil && isStatus(err, ucs, http.StatusTooManyRequests): // and so have the rounds for a place
		return false
	}
	return b.transient(err)
}

// giveUp leaves nothing behind, unless the next upload is to go on with it. What cannot be removed stays in the journal. It returns the error with what
// went wrong then.
func (t *transfer) giveUp(ctx context.Context, err error) error {
	if t.half == nil {
		return err
	}
	if ctx.Err() == nil && errors.Is(err, ErrCancelled) { // there is nothing to take away
		t.forget()
		return err
	}
	if t.keeps(ctx, err) {
		defer t.leave()
		t.goesOn = t.half.FileID
		var unkept error
		if t.kept < len(t.half.Parts) {
			unkept = t.remember() // there may be room again
		}
		err = fmt.Errorf("%w; %d of its %d parts are kept, and the next upload of the file goes on with them", err, t.kept, t.parts())
		if unkept != nil {
			err = fmt.Errorf("%w; %w", err, unkept)
		}
		return err
	}
	if removeErr := t.remove(ctx); removeErr != nil {
		t.leave()
		return fmt.Errorf("%w; %w", err, removeErr)
	}
	t.forget()
	return err
}

// keeps says whether what there is waits for the next upload. One that failed of what may pass is worth that if parts have been brought; others only take one
// of the box's few places.
func (t *transfer) keeps(ctx context.Context, err error) bool {
	switch {
	case !t.journaled():
		return false
	case ctx.Err() != nil:
		return !errors.Is(context.Cause(ctx), ErrCancelled)
	}
	return len(t.half.Parts) > 0 && t.Behaviour.passes(err)
}

// recall holds the file, and looks for a half-finished upload of it that can be gone on with. What the journal has is dropped only when the UCS knows of no such
// upload any more: until then another key, or the file as it was, may go on with it.
func (t *transfer) recall(ctx context.Context) error {
	if !t.journaled() {
		return nil
	}
	if err := t.hold(); err != nil {
		return err
	}
	half, err := t.Journal.Load(t.BoxID, t.Alias)
	if err != nil {
		return fmt.Errorf("the journal of half-finished uploads cannot be read: %w", err)
	}
	if half == nil {
		return nil
	}
	var found *FileUpload
	err = t.Behaviour.persist(ctx, func() error {
		found, err = t.Find(ctx, t.Alias)
		return err
	})
	if err != nil {
		return err
	}
	if found == nil || found.ID != half.FileID || found.State != "init" {
		return t.Journal.Drop(t.BoxID, t.Alias)
	}
	key, err := openHeader(half.Sealed, t.Key.Private)
	if err == nil && half.Size == t.Size && half.Modified.Equal(t.Modified) && t.usable(half) && found.PartSize == half.PartSize {
		t.goOn(half, key)
	}
	return nil
}

// usable says whether what a journal holds hangs together: it is a file that anybody may have written.
func (t *transfer) usable(half *HalfUpload) bool {
	if half.PartSize < 2*segment || half.PartSize > maxPartSize || half.PartSize%segment != 0 || len(half.Header) != headerSize ||
		!isCrypt4GH(half.Header) {
		return false
	}
	parts := cut{half.Size, half.PartSize}.parts()
	for n, d := range half.Parts {
		if n < 1 || n > parts || !isHex(d.MD5, 16) || !isHex(d.SHA256, 32) || !isHex(d.Plain, 32) {
			return false
		}
	}
	return true
}

func isHex(s string, bytes int) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == bytes
}

// check looks at what can be known of a file before anybody is asked.
func (s Source) check() error {
	switch {
	case s.Alias == "":
		return errors.New("a file to upload has no alias")
	case !utf8.ValidString(s.Alias):
		return fmt.Errorf("%w: %q", ErrAlias, s.Alias)
	case s.Content == nil:
		return fmt.Errorf("%s has no content", line(s.Alias))
	case s.Size < 1:
		return fmt.Errorf("%s is empty: GHGA takes files of one byte and more", line(s.Alias))
	}
	var head [12]byte
	n, err := s.Content.ReadAt(head[:], 0)
	if err != nil && err != io.EOF && int64(n) < min(s.Size, int64(len(head))) {
		return failing(s.Alias, fmt.Errorf("%w: %w", errReading, err))
	}
	if isCrypt4GH(head[:n]) {
		return failing(s.Alias, ErrEncrypted)
	}
	return nil
}
