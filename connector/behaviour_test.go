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

// each runs a test in a bubble for both behaviours.
func each(t *testing.T, test func(t *testing.T, f *fake, b Behaviour, fixed bool)) {
	for name, b := range map[string]Behaviour{"as is": AsIs(), "fixed": Fixed()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, newFake(t), b, name == "fixed") })
		})
	}
}

// some is a file of some small parts.
func some(parts int64) []byte { return content(plainSegment*4*(parts-1) + 1000) }

func (f *fake) expect(t *testing.T, want map[string]int) {
	t.Helper()
	got := f.counts()
	for op, n := range want {
		if got[op] != n {
			t.Errorf("%s was asked for %d times, want %d", op, got[op], n)
		}
	}
}

// states counts uploads by state.
func (f *fake) states() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for _, u := range f.uploads {
		n[u.State]++
	}
	return n
}

// When nothing fails: the calls that each part costs.
func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		const parts = 8
		plain := some(parts)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" {
				return nil, sleep(r.Context(), 10*time.Second) // so that tokens grow old
			}
			return nil, nil
		}
		c := f.connector(t, b, func(c *Config) { c.InFlight = 1 })
		up, err := c.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		want := map[string]int{"values": 1, "health": 1, "list": 1, "create": 1, "url": parts, "put": parts, "complete": 1, "delete": 0}
		want["token"] = 3 + 3 // 80 s in spells of 27 s
		if fixed {
			want["package"] = 1
		} else {
			want["package"] = parts + 3
		}
		f.expect(t, want)
		order := strings.Join(f.calls[:9], " ")
		if !fixed && order != "values health package token list package token create package" {
			t.Errorf("the order of the calls is %s", order)
		}
	})
}

// A part whose PUT fails for the stack.
func TestPartFails(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(3)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && r.URL.Query().Get("partNumber") == "2" && n <= 3 {
				return says(503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
			}
			return nil, nil
		}
		var restarts, retries atomic.Int64
		var bytes atomic.Int64
		c := f.connector(t, b, func(c *Config) {
			c.Progress = func(e Event) {
				bytes.Add(e.Bytes)
				switch e.What {
				case "restart":
					restarts.Add(1)
				case "retry":
					retries.Add(1)
					if api, ok := errors.AsType[*APIError](e.Err); !ok || api.ID != "SlowDown" || e.Part != 2 {
						t.Errorf("a retry of part %d after %v", e.Part, e.Err)
					}
				}
			}
		})
		up, err := c.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		if bytes.Load() != up.EncryptedSize {
			t.Errorf("events tell of %d bytes, want %d", bytes.Load(), up.EncryptedSize)
		}
		if fixed {
			f.expect(t, map[string]int{"create": 1, "delete": 0})
			if restarts.Load() != 0 || retries.Load() == 0 || up.Restarts != 0 {
				t.Errorf("%d restarts, %d retries", restarts.Load(), retries.Load())
			}
			return
		}
		if restarts.Load() == 0 || retries.Load() != 0 || up.Restarts != int(restarts.Load()) {
			t.Errorf("%d restarts, %d retries", restarts.Load(), retries.Load())
		}
		f.expect(t, map[string]int{"create": 1 + up.Restarts, "delete": up.Restarts})
	})
}

// All bytes of a part are the same at every attempt.
func TestSameBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		plain := some(3)
		f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && n%2 == 1 {
				return nil, errors.New("the answer is lost")
			}
			return nil, nil
		}
		up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		again := 0
		for part, sums := range f.puts {
			for _, sum := range sums[1:] {
				again++
				if sum != sums[0] {
					t.Errorf("%s was sent again with other bytes", part[len(part)-1:])
				}
			}
		}
		if again == 0 {
			t.Error("no part was sent again")
		}
	})
}

// A token that is refused: 401 and 403, at the URL of a part.
func TestTokenRefused(t *testing.T) {
	for _, status := range []int{401, 403} {
		each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
			plain := some(2)
			b.FilePasses, b.PartAttempts = 0, 0
			f.before = first("url", status, exception("notAuthorized"))
			up, err := f.connector(t, b, func(c *Config) { c.InFlight = 1 }).Upload(t.Context(), source("a", plain))
			if status == 401 && !fixed {
				if !isStatus(err, ucs, 401) {
					t.Errorf("got %v", err)
				}
				f.expect(t, map[string]int{"url": 1, "delete": 1})
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, up, plain)
			f.expect(t, map[string]int{"url": 3, "token": 5})
		})
	}
}

// The URL of a part runs out before it is sent.
func TestURLRunsOut(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(2)
		b.FilePasses = 0
		f.before = first("put", 403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", plain))
		if fixed {
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, up, plain)
			return
		}
		if !isStatus(err, s3, 403) || f.states()["init"] != 0 {
			t.Errorf("got %v, and uploads %v", err, f.states())
		}
	})
}

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

// A completion that is carried out although its answer says no.
func TestCompletionRace(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.FilePasses = 0
		plain := some(1)
		f.after = first("complete", 500, exception("internalError"))
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", plain))
		if fixed {
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, up, plain)
			f.expect(t, map[string]int{"complete": 2, "delete": 0})
			return
		}
		if !isStatus(err, ucs, 500) { // its stack would ask again, and this has none
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"complete": 1, "delete": 1})
	})
}

// A completion that stays without an answer is looked up in the end.
func TestCompletionLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		plain := some(1)
		f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "complete" {
				return nil, errors.New("the answer is lost")
			}
			return nil, nil
		}
		up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
	})
}

// A part that fails for good: others are called off or waited for, and the file goes on or begins again.
func TestPasses(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(4)
		b.PartAttempts = 1
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && r.URL.Query().Get("partNumber") == "1" && time.Since(f.begun) < 12*time.Second {
				return nil, errors.New("the connection broke")
			}
			if op == "put" { // those that are under way take longer
				return nil, sleep(r.Context(), 2*time.Second)
			}
			return nil, nil
		}
		f.begun = time.Now()
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
		if fixed { // passes at 0 s, 7 s, 12 s
			f.expect(t, map[string]int{"create": 1, "delete": 0, "put": 3 + 3})
			if up.Restarts != 0 {
				t.Errorf("%d restarts", up.Restarts)
			}
			return
		}
		if up.Restarts != 3 {
			t.Errorf("%d restarts", up.Restarts)
		}
		f.expect(t, map[string]int{"create": 4, "delete": 3})
	})
}

// When all fails nothing is left behind, and the error names the last cause.
func TestGivesUp(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" {
				return says(503, "")
			}
			if op == "delete" && n%4 == 1 && fixed {
				return says(503, "")
			}
			return nil, nil
		}
		_, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(2)))
		if !isStatus(err, s3, 503) || !strings.HasPrefix(err.Error(), "uploading a: sending part ") {
			t.Errorf("got %v", err)
		}
		if n := f.states()["init"]; n != 0 {
			t.Errorf("%d uploads are left behind", n)
		}
		want := map[string]int{"create": 4, "delete": 4}
		if fixed {
			want = map[string]int{"create": 1, "delete": 2}
		}
		f.expect(t, want)
	})
}

// When even the removal fails, the error says so.
func TestLeftBehind(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.FilePasses = 0
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" || op == "delete" {
				return says(503, "")
			}
			return nil, nil
		}
		_, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(1)))
		if err == nil || !strings.Contains(err.Error(), "is left behind") {
			t.Errorf("got %v", err)
		}
	})
}

// The end of the context removes what was begun.
func TestInterrupted(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		ctx, cancel := context.WithCancel(t.Context())
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && n == 2 {
				cancel()
				return nil, ctx.Err()
			}
			return nil, nil
		}
		_, err := f.connector(t, b, nil).Upload(ctx, source("a", some(3)))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := f.states()["cancelled"]; n != 1 {
			t.Errorf("uploads %v", f.states())
		}
	})
}

// Calls to the UCS are kept apart, for all files together.
func TestCallInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		b := Fixed()
		b.CallInterval = time.Second
		var last time.Time
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/ucs/boxes/") {
				f.mu.Lock()
				defer f.mu.Unlock()
				if !last.IsZero() && time.Since(last) < time.Second {
					t.Errorf("%s came %v after the call before it", op, time.Since(last))
				}
				last = time.Now()
			}
			return nil, nil
		}
		if _, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(5))); err != nil {
			t.Fatal(err)
		}
	})
}

// Deleting an upload that is under way ends it, and leaves nothing.
func TestDeleteRunning(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		c := f.connector(t, b, nil)
		deleted := make(chan error, 1)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" && n == 1 {
				id := strings.TrimPrefix(r.URL.Path, "/inbox/")
				go func() { deleted <- c.Delete(context.Background(), id) }()
			}
			if op == "put" {
				return nil, sleep(r.Context(), time.Minute)
			}
			return nil, nil
		}
		_, err := c.Upload(t.Context(), source("a", some(3)))
		if !errors.Is(err, ErrCancelled) {
			t.Errorf("got %v", err)
		}
		if err := <-deleted; err != nil {
			t.Error(err)
		}
		f.expect(t, map[string]int{"delete": 1, "create": 1})
	})
}
