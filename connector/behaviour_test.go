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
