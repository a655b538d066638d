package connector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

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
