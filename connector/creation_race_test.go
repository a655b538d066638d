package connector

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Two machines upload the same file at the same moment, and no lock helps: the one that comes second leaves the other's upload alone, although it has the
// same size and began just now.
func TestCreationRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" {
				return nil, sleep(r.Context(), 20*time.Second)
			}
			return nil, nil
		}
		one := func(c *Config) { c.InFlight = 1 }
		theirs, ours := f.connector(t, Fixed(), one), f.connector(t, Fixed(), one)
		if _, err := ours.listed.get(t.Context(), ours.byAlias); err != nil { // before the other one began
			t.Fatal(err)
		}
		plain := some(4)
		var up Uploaded
		ended := make(chan error, 1)
		go func() {
			var err error
			up, err = theirs.Upload(context.Background(), source("a", plain))
			ended <- err
		}()
		time.Sleep(100 * time.Millisecond)
		if _, err := ours.Upload(t.Context(), source("a", plain)); !errors.Is(err, ErrExists) {
			t.Errorf("got %v", err)
		}
		if err := <-ended; err != nil {
			t.Fatalf("the other one: %v", err)
		}
		f.check(t, up, plain)
		f.expect(t, map[string]int{"create": 2, "put": 4, "delete": 0})
		if n := f.states(); n["inbox"] != 1 || len(n) != 1 {
			t.Errorf("uploads %v", n)
		}
	})
}

// So it does when its own creation was refused at first, for a token that is not taken any more: what was refused was not carried out.
func TestCreationRaceRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "put":
				return nil, sleep(r.Context(), 20*time.Second)
			case op == "create" && n == 2:
				return says(403, "")
			}
			return nil, nil
		}
		one := func(c *Config) { c.InFlight = 1 }
		theirs, ours := f.connector(t, Fixed(), one), f.connector(t, Fixed(), one)
		if _, err := ours.listed.get(t.Context(), ours.byAlias); err != nil {
			t.Fatal(err)
		}
		plain := some(4)
		ended := make(chan error, 1)
		go func() { _, err := theirs.Upload(context.Background(), source("a", plain)); ended <- err }()
		time.Sleep(100 * time.Millisecond)
		if _, err := ours.Upload(t.Context(), source("a", plain)); !errors.Is(err, ErrExists) {
			t.Errorf("got %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("the other one: %v", err)
		}
		f.expect(t, map[string]int{"create": 3, "put": 4, "delete": 0})
	})
}
