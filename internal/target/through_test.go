package target_test

import (
	"net/http"

	"github.com/ratebench/ratebench/internal/runner"
)

// through is a client's way to the front of a target, a connection for each request.
type through struct{ to runner.Target }

// RoundTrip implements http.RoundTripper.
func (w through) RoundTrip(req *http.Request) (*http.Response, error) {
	return (&http.Transport{DialContext: w.to.Dial(0), DisableKeepAlives: true}).RoundTrip(req)
}
