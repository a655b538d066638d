package contestants

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/ratebench/ratebench/internal/runner"
)

// requests counts the requests that an upload has under way, so that it can wait for the last.
type requests struct {
	mu    sync.Mutex
	ended bool
	count sync.WaitGroup
}

type requestsKey struct{}

// track makes the requests of a context countable. They must go through tracked.
func track(ctx context.Context) (context.Context, *requests) {
	r := new(requests)
	return context.WithValue(ctx, requestsKey{}, r), r
}

func (r *requests) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.count.Add(1)
	}
	return !r.ended
}

// end lets no further request begin and waits for those under way.
func (r *requests) end() {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.count.Wait()
}

// tracked is a RoundTripper that counts.
type tracked struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t tracked) RoundTrip(req *http.Request) (*http.Response, error) {
	r, ok := req.Context().Value(requestsKey{}).(*requests)
	if !ok {
		return t.next.RoundTrip(req)
	}
	if !r.begin() {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, fmt.Errorf("the upload that this %s belongs to has ended: %w", req.Method, context.Canceled)
	}
	defer r.count.Done()
	return t.next.RoundTrip(req)
}

// CloseIdleConnections lets a library that closes idle connections do so.
func (t tracked) CloseIdleConnections() { closeIdle(t.next) }

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// below is what an SDK sends its requests through: a client's wire, or a stack over it. An upload can wait for what is under
// way on the wire.
func below(over runner.StackContestant, c runner.Client) http.RoundTripper {
	c.Wire = tracked{c.Wire}
	if over == nil {
		return c.Wire
	}
	return over.RoundTripper(c)
}
