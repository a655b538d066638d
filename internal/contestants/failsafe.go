package contestants

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/transport"
)

// newFailsafe is failsafe-go's RoundTripper with the retry policy that its HTTP package builds. Nobody closes the answers
// that it retries, and when it gives up it returns an error with the last one inside, which nobody closes either: each keeps
// its connection until the call's context ends.
func newFailsafe(name string, v values) (runner.Contestant, error) {
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper {
		retries := failsafehttp.NewRetryPolicyBuilder().WithMaxRetries(v.count("max_retries")).Build()
		return failsafeErrors{failsafehttp.NewRoundTripper(next, retries)}
	}), nil
}

// newFailsafeClosing is the same over a layer that a user can write who has noticed.
func newFailsafeClosing(name string, v values) (runner.Contestant, error) {
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper {
		retries := failsafehttp.NewRetryPolicyBuilder().WithMaxRetries(v.count("max_retries")).Build()
		return failsafeErrors{failsafehttp.NewRoundTripper(closing{next}, retries)}
	}), nil
}

// closing takes the bodies of error answers into memory and closes them at once, so that it does not matter who forgets to.
// What is longer than transport.DrainLimit is cut there.
type closing struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c closing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err != nil || resp.StatusCode < 400 {
		return resp, err
	}
	var head bytes.Buffer
	_, err = io.CopyN(&head, resp.Body, transport.DrainLimit)
	resp.Body.Close()
	if err == io.EOF {
		err = nil
	}
	resp.Body = io.NopCloser(io.MultiReader(&head, failing{err}))
	return resp, nil
}

// failing ends a body as its connection did; nil is an end like any other.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// failsafeErrors says in words what an ExceededError would print as a Go struct with addresses.
type failsafeErrors struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (f failsafeErrors) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := f.next.RoundTrip(req)
	exceeded := retrypolicy.ExceededError{}
	if !errors.As(err, &exceeded) {
		return resp, err
	}
	if last, ok := exceeded.LastResult.(*http.Response); ok && last != nil {
		return resp, &worded{fmt.Sprintf("failsafe-go: retries exceeded, the last answer was %d", last.StatusCode), err}
	}
	return resp, &worded{fmt.Sprintf("failsafe-go: retries exceeded: %v", exceeded.LastError), err}
}
