package contestants

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/googleapis/gax-go/v2"

	"github.com/ratebench/ratebench/internal/runner"
)

// newGCS does what cloud.google.com/go/storage 1.70 does around a request: gax-go's own backoff, no bound on attempts, and
// only what can be repeated without harm unless RetryAlways is set. Neither of the two ever reads Retry-After.
//
// Note: this is the policy, not the client. The client cannot speak S3, so there is no other way to have it meet the same
// faults as the others; and its module alone is larger than this program. So the predicate is written anew, and tested against
// the list in its documentation. What the client adds to its requests (an invocation's id, a count of attempts) is left
// out, and so are its chunks with a deadline for each.
func newGCS(name string, v values) (runner.Contestant, error) {
	most, always := v.count("max_attempts"), v.flag("retry_always")
	initial, longest := v.duration("initial"), v.duration("max")
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper {
		return &looping{name, next, func(ctx context.Context, r *rounds) error {
			b := gax.Backoff{Initial: initial, Max: longest} // of 0 gax makes its defaults
			r.worth = gcsRetries
			for {
				if err := r.attempt(); err == nil || r.n == most || !always && !gcsIdempotent(r.req) {
					return nil
				}
				r.discard()
				if err := gax.Sleep(ctx, b.Pause()); err != nil {
					return err
				}
			}
		}}
	}), nil
}

// gcsIdempotent stands for RetryIdempotent, the default: POST makes something new every time.
func gcsIdempotent(req *http.Request) bool { return req.Method != http.MethodPost }

// gcsRetries reports whether storage.ShouldRetry says yes to what an attempt ended in. The client sends through net/http's
// Client, so that it sees all transport errors wrapped in a url.Error.
func gcsRetries(resp *http.Response, err error) bool {
	if err == nil {
		return resp.StatusCode == 408 || resp.StatusCode == 429 || resp.StatusCode/100 == 5
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	for err = error(&url.Error{Op: "send", Err: err}); err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) { // each link of the chain for itself, as the client does
		case *url.Error, *net.OpError:
			if errors.Is(err, io.EOF) || slices.ContainsFunc(gcsBroken, func(s string) bool { return strings.Contains(e.Error(), s) }) {
				return true
			}
		case *net.DNSError:
			if e.IsTemporary {
				return true
			}
		case interface{ Temporary() bool }:
			if e.Temporary() {
				return true
			}
		}
	}
	return false
}

// gcsBroken are the texts by which the client knows a broken connection.
var gcsBroken = []string{"connection refused", "connection reset", "broken pipe", "client connection lost", "server closed idle connection"}
