package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A creation whose answer is lost.
func TestCreationLost(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(1)
		b.FilePasses = 0
		f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "create" && n == 1 {
				return nil, errors.New("the answer is lost")
			}
			return nil, nil
		}
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", plain))
		if !fixed {
			if err == nil || f.states()["init"] != 1 {
				t.Errorf("got %v, and uploads %v, want an orphan", err, f.states())
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		f.expect(t, map[string]int{"create": 1, "list": 2})
	})
}

// A creation that is lost on its way there is asked for once more, with overwrite.
func TestCreationNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		plain := some(1)
		f.before = first("create", 500, exception("internalError"))
		up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		f.expect(t, map[string]int{"create": 2, "list": 2})
	})
}

// A creation that never gets an answer leaves nothing behind.
func TestCreationSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		b := Fixed()
		b.PartAttempts = 5
		f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "create" || op == "list" && n > 1 && n < 8 {
				return nil, errors.New("the answer is lost")
			}
			return nil, nil
		}
		if _, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(1))); err == nil {
			t.Error("no error")
		}
		if n := f.states()["init"]; n != 0 {
			t.Errorf("%d uploads are left behind: %v", n, f.calls)
		}
	})
}

// Too many open uploads: as it is the waits are 5 s, doubled each time; the mended one begins with a second, draws each, and does not give up sooner.
func TestTooManyOpen(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.FilePasses = 0
		f.latency = 0
		var at []time.Duration
		begun := time.Now()
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "create" {
				at = append(at, time.Since(begun))
				return says(429, exception("tooManyOpenUploads"))
			}
			return nil, nil
		}
		_, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(1)))
		if !isStatus(err, ucs, 429) {
			t.Errorf("got %v", err)
		}
		if want := "[0s 5s 15s 35s 1m15s 2m35s]"; !fixed && fmt.Sprint(at) != want {
			t.Errorf("asked at %v, want %s", at, want)
		}
		if !fixed {
			return
		}
		if len(at) != 1+b.CreateRounds {
			t.Fatalf("asked at %v", at)
		}
		whole := 0
		for i, most := 1, time.Second; i < len(at); i, most = i+1, 2*most {
			wait := at[i] - at[i-1]
			if wait < most/2 || wait > most {
				t.Errorf("wait %d is %v, want %v to %v", i, wait, most/2, most)
			}
			if wait == most {
				whole++
			}
		}
		if whole == b.CreateRounds {
			t.Error("no wait is drawn")
		}
	})
}

// Nobody comes back for a place before the service says, whatever the dice.
func TestTooManyOpenWithAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, begun := newFake(t), time.Now()
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "create" && n == 1 {
				return says(429, exception("tooManyOpenUploads"), "Retry-After", "20")
			}
			return nil, nil
		}
		if _, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", some(1))); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 20*time.Second || took > 21*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// As it is, a file whose creation has failed is begun again like any other, whatever the reason, unless the box is full. The mended one waits for a
// place once, and asks for nothing twice that is taken.
func TestCreationRepeated(t *testing.T) {
	for _, test := range []struct {
		status      int
		id          string
		asIs, fixed int // creations
	}{
		{429, "tooManyOpenUploads", 4 * 6, 1 + Fixed().CreateRounds}, {409, "boxStateError", 4, 1}, {403, "notAuthorized", 4, 2}, {507, "boxMaxSizeExceeded", 1, 1},
	} {
		t.Run(test.id, func(t *testing.T) {
			each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					if op == "create" {
						return says(test.status, exception(test.id))
					}
					return nil, nil
				}
				if _, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(1))); !isStatus(err, ucs, test.status) {
					t.Errorf("got %v", err)
				}
				want := test.asIs
				if fixed {
					want = test.fixed // with a new token after a 403, which as it is only the URL of a part is worth
				}
				f.expect(t, map[string]int{"create": want, "list": 1})
			})
		})
	}
}

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
