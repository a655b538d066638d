package connector

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"
)

// transfer is one file on its way, over as many passes as it takes. Its methods are not called concurrently, but for brought.
type transfer struct {
	*Uploader
	Source
	cut
	restarts int
	goesOn   string                            // file id of the upload that has ended, and that the journal knows still; empty: there is none
	removed  string                            // file id of the upload that was last removed; empty: none was
	watch    func(fileID string, running bool) // is told which upload is under way; nil: nobody is
	release  func()                            // lets go of the alias; nil: it is not held

	mu   sync.Mutex
	half *HalfUpload // nil: there is no upload at the UCS
	key  [32]byte    // data key of half
	kept int         // how many parts the journal has

	spent map[int]*spent // on the parts, over all passes
}

func (u *Uploader) newTransfer(s Source) *transfer {
	size := PartSize
	if u.fit != nil {
		size = u.fit
	}
	return &transfer{Uploader: u, Source: s, cut: cut{s.Size, size(u.PartSize, EncryptedSize(s.Size))}}
}

// try makes one pass: it goes on with the upload that there is, or begins one, and completes it.
func (t *transfer) try(ctx context.Context) (Uploaded, error) {
	if t.half == nil {
		if err := t.begin(ctx); err != nil {
			return Uploaded{}, err
		}
	}
	sum, err := t.send(ctx)
	if err != nil {
		return Uploaded{}, err
	}
	if t.Unchanged != nil {
		if err := t.Unchanged(); err != nil {
			return Uploaded{}, err
		}
	}
	up, c, err := t.completion(sum)
	if err != nil {
		return Uploaded{}, err
	}
	if err := t.complete(ctx, c); err != nil {
		return Uploaded{}, err
	}
	t.forget()
	t.tell(Event{File: t.Alias, What: "done"})
	return up, nil
}

// begin creates the upload at the UCS, and its data key.
func (t *transfer) begin(ctx context.Context) error {
	created, err := t.create(ctx)
	if err != nil {
		return err
	}
	half := &HalfUpload{
		Alias: t.Alias, FileID: created.FileID, BoxID: t.BoxID, Size: t.Size, Modified: t.Modified, PartSize: t.partSize,
		Parts: map[int]PartDigests{},
	}
	t.half = half // from here on it is to be removed if it comes to nothing
	if t.watch != nil {
		t.watch(half.FileID, true)
	}
	rand.Read(t.key[:])
	hub, err := t.HubKey(created.StorageAlias)
	if err != nil {
		return fmt.Errorf("%w: %w", errHere, err)
	}
	if half.Header, err = newHeader(t.Key.Private, hub, t.key); err != nil {
		return fmt.Errorf("%w: %w", errHere, err)
	}
	if half.Sealed, err = newHeader(t.Key.Private, t.Key.Public, t.key); err != nil {
		return fmt.Errorf("%w: %w", errHere, err)
	}
	if err := t.remember(); err != nil {
		return fmt.Errorf("%w: %w", errHere, err)
	}
	return nil
}

// goOn takes up the upload of an earlier process.
func (t *transfer) goOn(half *HalfUpload, key [32]byte) {
	t.half, t.key = half, key
	t.partSize, t.kept = half.PartSize, len(half.Parts)
	if half.Parts == nil {
		half.Parts = map[int]PartDigests{}
	}
	for n := range half.Parts {
		from, to := t.span(n)
		t.tell(Event{File: t.Alias, What: "part", Part: n, Bytes: to - from})
	}
}

// brought notes that S3 has a part.
func (t *transfer) brought(n int, d PartDigests, attempt int) {
	t.mu.Lock()
	t.half.Parts[n] = d
	err := t.remember()
	t.mu.Unlock()
	from, to := t.span(n)
	t.tell(Event{File: t.Alias, What: "part", Part: n, Attempt: attempt, Bytes: to - from, Err: err})
}

// done returns the digests of a part, if S3 has it.
func (t *transfer) done(n int) (d PartDigests, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d, ok = t.half.Parts[n]
	return d, ok
}

// spentOn is what has been spent on a part so far. One goroutine at a time sends it.
func (t *transfer) spentOn(n int) *spent {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.spent[n]
	if s == nil {
		if t.spent == nil {
			t.spent = map[int]*spent{}
		}
		s = new(spent)
		t.spent[n] = s
	}
	return s
}

// journaled says whether another process may go on with the upload.
func (t *transfer) journaled() bool {
	return t.Journal != nil && t.Behaviour.Resume && !t.Modified.IsZero()
}

// hold keeps the alias for this transfer, where the journal can see to that.
func (t *transfer) hold() (err error) {
	if h, ok := t.Journal.(Holder); ok && t.journaled() {
		t.release, err = h.Hold(t.BoxID, t.Alias)
	}
	if err != nil && !errors.Is(err, ErrUploading) {
		err = fmt.Errorf("the journal of half-finished uploads cannot be written: %w", err)
	}
	return err
}

// letGo ends that.
func (t *transfer) letGo() {
	if t.release != nil {
		t.release()
	}
	t.release = nil
}

// remember writes the journal. While parts are sent, the caller holds mu.
func (t *transfer) remember() error {
	if !t.journaled() {
		return nil
	}
	if err := t.Journal.Save(t.half); err != nil {
		return fmt.Errorf("the journal of half-finished uploads cannot be written: %w", err)
	}
	t.kept = len(t.half.Parts)
	return nil
}

// forget ends what is half-finished, for other processes too, and returns how many bytes of it had been brought.
func (t *transfer) forget() (bytes int64) {
	if t.journaled() {
		_ = t.Journal.Drop(t.BoxID, t.Alias) // what stays is found to be out of date
	}
	return t.leave()
}

// leave ends what is half-finished for this transfer; the journal may know it still.
func (t *transfer) leave() (bytes int64) {
	for n := range t.half.Parts {
		from, to := t.span(n)
		bytes += to - from
	}
	if t.watch != nil {
		t.watch(t.half.FileID, false)
	}
	t.half = nil
	return bytes
}

// completion is what the UCS is told at the end, and the caller.
func (t *transfer) completion(sum string) (Uploaded, Completion, error) {
	c := Completion{DecryptedSHA256: sum}
	digests := make([]PartDigests, t.parts())
	for i := range digests {
		digests[i] = t.half.Parts[i+1]
		c.PartsMD5 = append(c.PartsMD5, digests[i].MD5)
		c.PartsSHA256 = append(c.PartsSHA256, digests[i].SHA256)
	}
	var err error
	if c.EncryptedMD5, err = etag(digests); err != nil {
		return Uploaded{}, c, fmt.Errorf("%w: %w", errHere, err)
	}
	return Uploaded{
		FileID: t.half.FileID, Parts: len(digests), PartSize: t.partSize, EncryptedSize: t.encrypted(), ETag: c.EncryptedMD5,
		SHA256: sum, Restarts: t.restarts,
	}, c, nil
}

// rest is a wait before something is tried again, of which others are told.
func (t *transfer) rest(ctx context.Context, e Event) error {
	e.File = t.Alias
	t.tell(e)
	return sleep(ctx, e.Wait)
}

// afterwards is how long what has to be done after a failure, whatever the caller's context says, may take.
const afterwards = 2 * time.Minute
