package connector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// running begins an upload of which the second part takes until it is called off, and returns its file id.
func running(t *testing.T, f *fake, c *Connector, before func(op string) (*http.Response, error)) (fileID string, ended chan error) {
	t.Helper()
	started := make(chan string, 1)
	f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
		if op == "put" && n == 2 {
			started <- strings.TrimPrefix(r.URL.Path, "/inbox/")
			<-r.Context().Done()
			time.Sleep(time.Second)
			return nil, r.Context().Err()
		}
		return before(op)
	}
	s := source("a", some(4))
	s.Modified = modified
	ended = make(chan error, 1)
	go func() { _, err := c.Upload(context.Background(), s); ended <- err }()
	return <-started, ended
}

// Who deletes a running upload and does not wait for its end leaves nothing either.
func TestDeleteRunningGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := new(MemoryJournal)
		c := f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 1 })
		id, ended := running(t, f, c, func(string) (*http.Response, error) { return nil, nil })
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := c.Delete(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if err := <-ended; !errors.Is(err, ErrCancelled) {
			t.Errorf("got %v", err)
		}
		if half, _ := j.Load(fakeBox, "a"); half != nil || f.states()["init"] != 0 {
			t.Errorf("uploads %v, journal %v", f.states(), half)
		}
	})
}

// A running upload that cannot be deleted stays in the journal, and the error of both says so.
func TestDeleteRunningFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := new(MemoryJournal)
		c := f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 1 })
		id, ended := running(t, f, c, func(op string) (*http.Response, error) {
			if op == "delete" {
				return says(400, exception("noSuchStorage"))
			}
			return nil, nil
		})
		if err := c.Delete(t.Context(), id); !isID(err, "noSuchStorage") {
			t.Errorf("got %v", err)
		}
		if err := <-ended; !errors.Is(err, ErrCancelled) || !strings.Contains(err.Error(), "left behind as "+id) {
			t.Errorf("got %v", err)
		}
		if half, _ := j.Load(fakeBox, "a"); half == nil || half.FileID != id {
			t.Errorf("the journal has %v", half)
		}
		if err := c.Delete(t.Context(), id); !isID(err, "noSuchStorage") {
			t.Errorf("once more: %v", err)
		}
	})
}

// A deletion that is carried out, and whose answers are all lost, is looked up in the end by the mended Connector.
func TestDeletionLookedUp(t *testing.T) {
	for _, carriedOut := range []bool{false, true} {
		each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
			c := f.connector(t, b, nil)
			up, err := c.Upload(t.Context(), source("a", some(1)))
			if err != nil {
				t.Fatal(err)
			}
			lose := func(op string, n int, r *http.Request) (*http.Response, error) {
				if op == "delete" {
					return nil, errors.New("the connection broke")
				}
				return nil, nil
			}
			if f.before = lose; carriedOut {
				f.before, f.after = nil, lose
			}
			if err := c.Delete(t.Context(), up.FileID); (err == nil) != (fixed && carriedOut) {
				t.Errorf("carried out %v: %v", carriedOut, err)
			}
		})
	}
}

// A deletion whose answer is lost was carried out if the upload is not listed any more: somebody has taken its alias anew since.
func TestDeletedAndTakenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		c := f.connector(t, Fixed(), nil)
		up, err := c.Upload(t.Context(), source("a", some(1)))
		if err != nil {
			t.Fatal(err)
		}
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op != "delete" {
				return nil, nil
			}
			f.mu.Lock()
			delete(f.uploads, up.FileID)
			f.mu.Unlock()
			return nil, errors.New("the answer is lost")
		}
		if err := c.Delete(t.Context(), up.FileID); err != nil {
			t.Error(err)
		}
	})
}
