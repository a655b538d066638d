package connector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Another Connector is uploading a file of the same name and size when a creation breaks off: its upload is neither taken over nor deleted.
func TestCreationLeavesOthersAlone(t *testing.T) {
	for name, test := range map[string]struct {
		op   string // that breaks off
		gone bool   // and ends the context as well
		is   error
	}{
		"creation": {op: "create", is: ErrExists}, "creation, interrupted": {op: "create", gone: true, is: context.Canceled},
		"token": {op: "token", is: ErrExists}, "token, interrupted": {op: "token", gone: true, is: context.Canceled},
		"package": {op: "package", is: ErrExists},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var ready, broken atomic.Bool
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					switch {
					case op == "put":
						return nil, sleep(r.Context(), 20*time.Second)
					case op != test.op || !ready.Load() || op == "token" && !strings.Contains(sentBy(r), `"create"`) || broken.Swap(true):
						return nil, nil
					}
					if test.gone {
						cancel()
					}
					return nil, errors.New("connection reset")
				}
				b := Fixed()
				b.FilePasses, b.KeepPackage = 0, test.op != "package"
				one := func(c *Config) { c.InFlight = 1 }
				theirs, ours := f.connector(t, b, one), f.connector(t, b, one)
				if _, err := ours.listed.get(t.Context(), ours.byAlias); err != nil { // before the other one began
					t.Fatal(err)
				}
				plain := some(4)
				ended := make(chan error, 1)
				go func() { _, err := theirs.Upload(context.Background(), source("a", plain)); ended <- err }()
				time.Sleep(30 * time.Second)
				ready.Store(true)
				_, err := ours.Upload(ctx, source("a", plain))
				if !errors.Is(err, test.is) && !isID(err, "fileUploadAlreadyExists") || !broken.Load() {
					t.Errorf("got %v", err)
				}
				if err := <-ended; err != nil {
					t.Errorf("the other one: %v", err)
				}
				if n := f.states(); n["inbox"] != 1 || len(n) != 1 {
					t.Errorf("uploads %v", n)
				}
			})
		})
	}
}

// sentBy reads a request's body once more.
func sentBy(r *http.Request) string {
	if r.GetBody == nil {
		return ""
	}
	body, _ := r.GetBody()
	defer body.Close()
	text := make([]byte, 4096)
	n, _ := body.Read(text)
	return string(text[:n])
}

// The UCS's clock is not this machine's: an upload whose creation got no answer is known again all the same.
func TestCreationLostWithOtherClock(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			f.clock = off
			f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
				if op == "create" {
					return nil, errors.New("the answer is lost")
				}
				return nil, nil
			}
			plain := some(1)
			up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, up, plain)
			f.expect(t, map[string]int{"create": 1})
		})
	}
}

// Creations that are lost and lists that fail do not multiply.
func TestCreationListsDoNotMultiply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "create":
				return nil, errors.New("connection reset")
			case op == "list" && f.counts()["create"] > 0 && n%6 != 0:
				return says(503, "")
			}
			return nil, nil
		}
		if _, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", some(1))); err == nil {
			t.Error("no error")
		}
		// At most as many after all creations, those that found nothing, and as many once more to look for what may be left.
		if n, most := f.counts()["list"], Fixed().PartAttempts; n > 3*most {
			t.Errorf("%d lists for %d creations", n, f.counts()["create"])
		}
	})
}
