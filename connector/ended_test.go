package connector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// stopping is a file at which a context ends when it has been read that far.
type stopping struct {
	io.ReaderAt
	at   int64
	stop func()
}

func (s *stopping) ReadAt(p []byte, at int64) (int, error) {
	if at >= s.at {
		time.Sleep(time.Second) // the parts in flight have been brought meanwhile
		s.stop()
	}
	return s.ReaderAt.ReadAt(p, at)
}

// A context that ends while nothing is in flight ends the upload: nothing is completed.
func TestEndsWhileReading(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		c := f.connector(t, b, func(c *Config) { c.InFlight = 1 })
		u, err := c.uploader(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u.Complete = func(context.Context, string, Completion) error {
			t.Error("it is completed")
			return nil
		}
		s := source("a", some(4))
		s.Content = &stopping{s.Content, 8 * plainSegment, func() { cancel(why) }}
		if _, err := u.Upload(ctx, s); !errors.Is(err, why) {
			t.Errorf("got %v", err)
		}
		if n := f.states()["init"]; n != 0 {
			t.Errorf("%d uploads are left behind", n)
		}
	})
}

// When a full box ends a batch in its first round, those that wait for another turn end as well.
func TestUploadAllEndsJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "put":
				return says(400, "")
			case op == "create" && n == 2:
				return says(507, exception("boxMaxSizeExceeded"))
			}
			return nil, nil
		}
		c := f.connector(t, AsIs(), func(c *Config) { c.InFlight = 1 })
		results, err := c.UploadAll(foreign{t.Context(), make(chan struct{})}, sources(3))
		if err != nil || !isStatus(results[0].Err, s3, 400) || !isStatus(results[1].Err, ucs, 507) {
			t.Errorf("%v, %v", results, err)
		}
		// A goroutine for a job that has not ended would be left in the bubble.
	})
}

// foreign is a context that package context does not know: it has a goroutine wait for each of its children.
type foreign struct {
	context.Context
	done chan struct{}
}

func (f foreign) Done() <-chan struct{} { return f.done }
func (f foreign) Err() error            { return nil }
func (f foreign) Value(any) any         { return nil }
