package contestants

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryableHTTP(t *testing.T) {
	doubling := exactly(1*time.Second, 2*time.Second, 4*time.Second, 8*time.Second)
	none := exactly(0, 0, 0, 0)
	testBehaviours(t, "go-retryablehttp", []behaviour{
		{what: "500", say: status(500), waits: doubling, err: "giving up after 5 attempt(s)"},
		{what: "429 and seconds", say: status(429, "Retry-After", "2"), waits: exactly(2e9, 2e9, 2e9, 2e9), err: "giving up"},
		{what: "503 beyond the cap", say: status(503, "Retry-After", "100"), waits: exactly(1e11, 1e11, 1e11, 1e11), err: "giving up"},
		{what: "500 and seconds", say: status(500, "Retry-After", "2"), waits: doubling, err: "giving up"},
		{what: "a date", say: inSeconds(3*time.Second, 503), waits: exactly(3e9, 3e9, 3e9, 3e9), err: "giving up"},
		{what: "a date gone by", say: inSeconds(-3*time.Second, 503), waits: none, err: "giving up"},
		{what: "negative", say: status(503, "Retry-After", "-5"), waits: doubling, err: "giving up"},
		{what: "overflow", say: status(503, "Retry-After", "10000000000"), waits: none, err: "giving up"},
		{what: "501", say: status(501), status: 501},
		{what: "408", say: status(408), status: 408},
		{what: "error", say: failure(io.ErrUnexpectedEOF), waits: doubling, err: "unexpected EOF"},
		{what: "cancelled by the wire", say: failure(context.Canceled), waits: doubling, err: "context canceled"}, // it asks the call's context alone
		{what: "POST", method: "POST", say: status(500), waits: doubling, err: "giving up"},
		{what: "deadline", timeout: 2 * time.Second, say: status(500), waits: exactly(1e9), err: "deadline exceeded"},
		{what: "cap", with: map[string]string{"retry_max": "6"}, say: status(500),
			waits: exactly(1e9, 2e9, 4e9, 8e9, 16e9, 30e9), err: "after 7 attempt(s)"},
		{what: "no retries", with: map[string]string{"retry_max": "0"}, say: status(500), err: "after 1 attempt(s)"},
	})
}

// idling counts how often its idle connections are closed.
type idling struct {
	http.RoundTripper
	closed int
}

// CloseIdleConnections is what net/http's Client calls.
func (i *idling) CloseIdleConnections() { i.closed++ }

// When it gives up it closes the pool's idle connections, which others use as well.
func TestRetryableHTTPClosesThePool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &idling{RoundTripper: &script{say: status(500)}}
		rt := stackOf(t, "go-retryablehttp", nil, testClient(w))
		if _, err := rt.RoundTrip(put(t.Context())); err == nil || w.closed != 1 {
			t.Errorf("%v, closed %d times, want once", err, w.closed)
		}
	})
}
