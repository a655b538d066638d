package direct

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func request(t *testing.T, ctx context.Context, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://service/bucket/key?x=1", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Wire{Link: NewLink(5*time.Millisecond, 1000), Address: "127.0.0.1:7", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got, err := io.ReadAll(r.Body)
			if string(got) != "hello" || err != nil || r.RemoteAddr != "127.0.0.1:7" || r.Host != "service" || r.RequestURI != "/bucket/key?x=1" {
				t.Errorf("the server got %q, %v from %s for %s %s", got, err, r.RemoteAddr, r.Host, r.RequestURI)
			}
			w.Header().Set("Etag", "x")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, "made")
		})}
		start := time.Now()
		resp, err := w.RoundTrip(request(t, t.Context(), "hello"))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 201 || string(body) != "made" || resp.Header.Get("ETag") != "x" || resp.ContentLength != 4 {
			t.Errorf("got %d %q %v", resp.StatusCode, body, resp.Header)
		}
		if d := time.Since(start); d != 19*time.Millisecond { // a round trip, and five bytes and four at 1000 B/s
			t.Errorf("took %v", d)
		}
	})
}

// What a fault does to a connection is an error as TCP would give it.
func TestEndedConnections(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   error
	}{
		"reset": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = c.(interface{ SetLinger(int) error }).SetLinger(0)
			_ = c.Close()
		}, syscall.ECONNRESET},
		"closed": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := http.NewResponseController(w).Hijack()
			_ = c.Close()
		}, io.ErrUnexpectedEOF},
		"aborted": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, io.ErrUnexpectedEOF},
	} {
		w := &Wire{Link: NewLink(0, 0), Handler: c.handle}
		if _, err := w.RoundTrip(request(t, t.Context(), "x")); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A client that stops waiting is heard: the handler's context ends with its own.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := &Wire{Link: NewLink(time.Millisecond, 0), Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })}
		start := time.Now()
		if _, err := w.RoundTrip(request(t, ctx, "x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("took %v", d)
		}
	})
}

// No two clients' requests arrive in the same instant.
func TestArrivalsDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := NewLink(time.Millisecond, 0)
		seen := make(chan time.Time, 100)
		handle := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen <- time.Now() })
		start := time.Now()
		for n := range cap(seen) {
			w := &Wire{Link: link, Handler: handle, Slot: int64(n), Slots: int64(cap(seen))}
			req := request(t, t.Context(), "x")
			go func() { _, _ = w.RoundTrip(req) }()
		}
		synctest.Wait()
		time.Sleep(time.Second)
		at := map[time.Time]bool{}
		for range cap(seen) {
			arrived := <-seen
			at[arrived] = true
			if late := arrived.Sub(start) - 2*time.Millisecond; late < 0 || late >= 100 {
				t.Errorf("one is %v late", late)
			}
		}
		if len(at) != cap(seen) {
			t.Errorf("%d instants for %d requests", len(at), cap(seen))
		}
	})
}
