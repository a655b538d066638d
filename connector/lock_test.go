package connector

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
)

// Of two uploads of a file with one journal, one is told so before it has asked for anything that costs; the other's is whole.
func TestUploadTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := FileJournal{Dir: filepath.Join(t.TempDir(), "journal")}
		plain := some(3)
		s := source("a", plain)
		s.Modified = modified
		var second error
		connector := func() *Connector { return f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 1 }) }
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && n == 2 {
				_, second = connector().Upload(t.Context(), s)
			}
			return nil, nil
		}
		up, err := connector().Upload(t.Context(), s)
		if err != nil || !errors.Is(second, ErrUploading) {
			t.Errorf("got %v and %v", err, second)
		}
		f.expect(t, map[string]int{"create": 1, "put": 3, "delete": 0})
		if got := f.uploads[up.FileID]; got == nil || got.State != "inbox" {
			t.Errorf("the upload is %+v", got)
		}
		only(t, j.Dir)
	})
}

// A lock ends with its upload, however that ends, and so another process may go on.
func TestUploadLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := FileJournal{Dir: t.TempDir()}
		s := source("a", some(3))
		s.Modified = modified
		interrupt(t, f, j, s, 1)
		release, err := j.Hold(fakeBox, "a")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s); !errors.Is(err, ErrUploading) {
			t.Errorf("got %v", err)
		}
		release()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(ctx, s); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s); err != nil {
			t.Error(err)
		}
		only(t, j.Dir)
	})
}

// An alias that JSON would change is refused, and nobody is asked.
func TestAliasUTF8(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		s := source("caf\xe9.bam", bytes.Repeat([]byte("x"), 10))
		if _, err := f.connector(t, Fixed(), nil).Upload(t.Context(), s); !errors.Is(err, ErrAlias) {
			t.Errorf("got %v", err)
		}
		if len(f.calls) > 0 {
			t.Errorf("the services were asked: %v", f.calls)
		}
	})
}
