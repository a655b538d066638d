package transport

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// A server that answers the first attempt before it has read the body gets all of it with the second: net/http may still be
// reading the first reader then, and a stack that rewinds it sends a short or mixed body. A thousand of a thousand.
func TestSecondAttemptAfterAnEarlyAnswer(t *testing.T) {
	const puts, size, inFlight = 1000, 256 << 10, 8
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(i * 7 >> 3)
	}
	want := fmt.Sprintf("%d %x", size, md5.Sum(content))
	var mu sync.Mutex
	attempts := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		attempts[r.URL.Path]++
		n := attempts[r.URL.Path]
		mu.Unlock()
		if n == 1 {
			w.WriteHeader(503)
			return
		}
		h := md5.New()
		length, _ := io.Copy(h, r.Body) // what is missing shows in the length
		fmt.Fprintf(w, "%d %x", length, h.Sum(nil))
	}))
	defer server.Close()
	rt, err := New(Config{
		Backoff: strategies.None{}, Budget: &strategies.FinagleBudget{MinPerSecond: 1e6}, Gates: []strategies.Gate{&strategies.SharedPause{}},
		Hedging: &Hedging{After: 50 * time.Millisecond}, AttemptTimeout: 10 * time.Second, Hooks: []Hooks{},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.(*client).CloseIdleConnections()
	slots := make(chan struct{}, inFlight)
	var wg sync.WaitGroup
	for i := range puts {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			req, err := http.NewRequest(http.MethodPut, fmt.Sprintf("%s/%d", server.URL, i), bytes.NewReader(content))
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := rt.RoundTrip(req)
			if err != nil {
				t.Errorf("%d: %v", i, err)
				return
			}
			defer resp.Body.Close()
			if got, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 || string(got) != want {
				t.Errorf("%d: %d, the server got %s, sent were %s", i, resp.StatusCode, got, want)
			}
		})
	}
	wg.Wait()
}
