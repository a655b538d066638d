package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Downloader brings the encrypted body of a file in ranges. It is given functions and nothing else; the fields are not changed while it is
// used.
type Downloader struct {
	// Object tells the size and a URL that can be used now; Refused is told of one that was not.
	Object  func(ctx context.Context) (Object, error)
	Refused func(ctx context.Context, o Object) error
	// Get asks for the bytes from first to last, both included, of an object of size bytes, and returns them as they come.
	Get func(ctx context.Context, url string, first, last, size int64) (io.ReadCloser, error)

	PartSize int64 // bytes; 0: 64 MiB
	InFlight int   // 0: 5
	// Done says of a part that it is there already, and Brought is told of one that is now. Nil: none is, and nobody is told.
	Done    func(part int) bool
	Brought func(part int) error
	// Behaviour says how often a part is tried, and when. One that broke off goes on from where it stopped.
	Behaviour Behaviour
	Offset    func(part int) time.Duration // nil: nothing is held back
	Progress  func(Event)                  // nil: nobody is told
}

// The part size and the number of parts in flight where nothing is said.
const (
	defaultPartSize = 64 << 20
	defaultInFlight = 5
)

// Download writes the object to w from offset at on, several parts at once, and returns its size in bytes. When a part fails for good the others are
// called off.
func (d *Downloader) Download(ctx context.Context, w io.WriterAt, at int64) (size int64, err error) {
	o, err := d.Object(ctx)
	if err != nil {
		return 0, err
	}
	partSize, inFlight := d.PartSize, d.InFlight
	if partSize <= 0 {
		partSize = defaultPartSize
	}
	if inFlight <= 0 {
		inFlight = defaultInFlight
	}
	var (
		g, gctx = errgroup.WithContext(ctx)
		mu      sync.Mutex
		next    int
	)
	partSize = min(partSize, max(o.Size, 1)) // so that no sum below overflows
	parts := int(ceil(o.Size, partSize))
	for range min(inFlight, parts) {
		g.Go(func() error {
			for {
				mu.Lock()
				next++
				n := next
				mu.Unlock()
				if n > parts {
					return nil
				}
				r := extent{part: n, first: int64(n-1) * partSize, last: min(int64(n)*partSize, o.Size) - 1, size: o.Size}
				if d.Done != nil && d.Done(n) {
					d.tell(Event{What: "bytes", Part: n, Bytes: r.last - r.first + 1})
					continue
				}
				if d.Offset != nil {
					if err := sleep(gctx, d.Offset(n)); err != nil {
						return err
					}
				}
				if err := d.Part(gctx, r, w, at); err != nil {
					return err
				}
				if d.Brought != nil {
					if err := d.Brought(n); err != nil {
						return err
					}
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return 0, cause
		}
		return 0, err
	}
	return o.Size, nil
}

// extent is a range of an object: the bytes from first to last, both included, of size in all.
type extent struct {
	part              int
	first, last, size int64
}

// maxIdle is how long a body may rest, as the Connector has it.
const maxIdle = 60 * time.Second

var (
	errIdle     = errors.New("no bytes came for a minute")
	errChanging = errors.New("the file has changed while it was downloaded")
)

// Part brings one range, and writes it to w, where the object begins at offset at. A URL that is refused with 403 is renewed at once, the first time; everything else is a failure,
// after which the next attempt goes on from what is there.
func (d *Downloader) Part(ctx context.Context, r extent, w io.WriterAt, at int64) error {
	renewed := false
	var s spent
	for {
		o, err := d.Object(ctx)
		if err == nil && o.Size != r.size {
			return fmt.Errorf("%w: it had %d bytes and has %d now", errChanging, r.size, o.Size)
		}
		if err == nil {
			var n int64
			n, err = d.attempt(ctx, o.URL, r, w, at)
			r.first += n
		}
		if err == nil {
			d.tell(Event{What: "part", Part: r.part, Attempt: s.rounds + 1})
			return nil
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if isStatus(err, s3, http.StatusForbidden) {
			if err := d.Refused(ctx, o); err != nil {
				return err
			}
			if !renewed {
				renewed = true
				continue
			}
		}
		if !s.on(err, d.Behaviour.PartAttempts) || !d.Behaviour.transient(err) {
			return fmt.Errorf("part %d: %w", r.part, err)
		}
		wait := d.Behaviour.pause(s.rounds, err)
		d.tell(Event{What: "retry", Part: r.part, Attempt: s.rounds + 1, Wait: wait, Err: err})
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// attempt asks for what is missing of a range once, and returns how many bytes of it were written.
func (d *Downloader) attempt(ctx context.Context, url string, r extent, w io.WriterAt, at int64) (n int64, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := d.Get(ctx, url, r.first, r.last, r.size)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	idle := time.AfterFunc(maxIdle, func() { cancel(errIdle) })
	defer idle.Stop()
	want := r.last - r.first + 1
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	for n < want {
		got, err := body.Read(buf[:min(copyBuffer, want-n)])
		idle.Stop() // a slow disk is not the server's fault
		if _, werr := w.WriteAt(buf[:got], at+r.first+n); werr != nil {
			return n, fmt.Errorf("%w: writing what was downloaded: %w", errHere, werr)
		}
		idle.Reset(maxIdle)
		n += int64(got)
		if got > 0 {
			d.tell(Event{What: "bytes", Part: r.part, Bytes: int64(got)})
		}
		switch {
		case err == nil || n == want:
		case errors.Is(err, io.EOF):
			return n, fmt.Errorf("the answer ended after %d bytes of %d: %w", n, want, io.ErrUnexpectedEOF)
		default:
			if context.Cause(ctx) == errIdle {
				err = errIdle
			}
			return n, fmt.Errorf("after %d bytes of %d: %w", n, want, err)
		}
	}
	// The end is read too, so that the connection can be used again. What is longer than asked for is not to be trusted.
	if got, _ := io.ReadFull(body, buf[:1]); got > 0 {
		return 0, errors.New("the answer is longer than what was asked for")
	}
	return n, nil
}

func (d *Downloader) tell(e Event) {
	if d.Progress != nil {
		d.Progress(e)
	}
}

const copyBuffer = 256 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}
