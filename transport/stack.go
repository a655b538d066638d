package transport

import "net/http"

// Layer wraps a RoundTripper in another one. A layer with state makes it when it is called, so one Layer can serve
// several stacks that share nothing.
type Layer func(next http.RoundTripper) http.RoundTripper

// Stack puts layers over a wire, the outermost first: Stack(wire, retry, limit) retries over a limit, so that every
// attempt passes the limit. Without layers it is the wire itself.
func Stack(wire http.RoundTripper, outermostFirst ...Layer) http.RoundTripper {
	for i := len(outermostFirst) - 1; i >= 0; i-- {
		wire = outermostFirst[i](wire)
	}
	return wire
}
