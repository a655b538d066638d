package standin

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/network"
)

// counted is a body of so many bytes, of which it counts those that were taken.
type counted struct {
	left, taken int64
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), c.left)
	c.left -= n
	c.taken += n
	return int(n), nil
}

// serve puts a handler behind a network in memory, and calls f with a client whose bodies shrink to 64 KiB.
func serve(t *testing.T, h http.HandlerFunc, f func(client http.RoundTripper, url string)) {
	synctest.Test(t, func(t *testing.T) {
		var m network.Memory
		l, _ := m.Listen()
		srv := &http.Server{Handler: Expand(h)}
		served := make(chan error)
		go func() { served <- srv.Serve(l) }()
		link := m.Link(time.Millisecond, 10<<20)
		wire := &http.Transport{DialContext: link.Dial}
		f(Shrink(wire, 64<<10), "http://"+l.Addr().String()+"/x")
		wire.CloseIdleConnections()
		srv.Close()
		<-served
		link.Close()
		time.Sleep(time.Minute) // what is on its way arrives
	})
}

func put(t *testing.T, url string, body *counted) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, url, io.NopCloser(body))
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = body.left
	return req
}

// Both ends see the whole body, and it takes the time of the whole.
func TestWhole(t *testing.T) {
	const size = 20 << 20
	var got, length int64
	var header string
	serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.Copy(io.Discard, r.Body)
		length, header = r.ContentLength, r.Header.Get("Content-Length")+r.Header.Get("X-Ratebench-Stand-In")
	}, func(client http.RoundTripper, url string) {
		body := &counted{left: size}
		start := time.Now()
		resp, err := client.RoundTrip(put(t, url, body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got != size || length != size || header != "20971520" || body.taken != size {
			t.Errorf("sent %d of %d, came %d of %d, header %s", body.taken, size, got, length, header)
		}
		if d := time.Since(start); d < 2*time.Second || d > 2010*time.Millisecond {
			t.Errorf("took %v, want 2s and the latencies", d)
		}
		if resp.Close {
			t.Error("the connection was not kept")
		}
	})
}

// An answer that comes early ends the connection, as it would with the whole body, and the client has sent what the
// buffers took.
func TestEarlyAnswer(t *testing.T) {
	serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
	}, func(client http.RoundTripper, url string) {
		body := &counted{left: 100 << 20}
		resp, err := client.RoundTrip(put(t, url, body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusTooManyRequests || !resp.Close {
			t.Errorf("got %d, close %v", resp.StatusCode, resp.Close)
		}
		if body.taken > 5<<20 {
			t.Errorf("%d bytes were sent to a server that read none", body.taken)
		}
	})
}

// What is small, and what is no PUT, goes as it is.
func TestLeftAlone(t *testing.T) {
	serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		_, _ = w.Write(got)
	}, func(client http.RoundTripper, url string) {
		for method, text := range map[string]string{http.MethodPut: "small", http.MethodPost: strings.Repeat("x", 100<<10)} {
			req, _ := http.NewRequest(method, url, strings.NewReader(text))
			resp, err := client.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if string(got) != text {
				t.Errorf("%s: %d bytes came back of %d", method, len(got), len(text))
			}
		}
	})
}
