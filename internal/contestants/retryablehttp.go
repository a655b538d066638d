package contestants

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/ratebench/ratebench/internal/runner"
)

// newRetryableHTTP is hashicorp's client behind its own RoundTripper, with everything but the logger as NewClient makes it.
func newRetryableHTTP(name string, v values) (runner.Contestant, error) {
	return wholeStack(name, func(next http.RoundTripper) http.RoundTripper {
		c := retryablehttp.NewClient()
		c.HTTPClient = &http.Client{Transport: next}
		c.Logger = nil
		c.RetryMax = v.count("retry_max")
		c.RetryWaitMin, c.RetryWaitMax = v.duration("retry_wait_min"), v.duration("retry_wait_max")
		return withoutQuery{&retryablehttp.RoundTripper{Client: c}}
	}), nil
}

// withoutQuery takes the query of the request's URL out of errors: in a presigned one it is as good as a key.
type withoutQuery struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w withoutQuery) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err == nil || req.URL.RawQuery == "" {
		return resp, err
	}
	text := strings.ReplaceAll(err.Error(), "?"+req.URL.RawQuery, "")
	if inner := new(url.Error); errors.As(err, &inner) {
		inner.URL, _, _ = strings.Cut(inner.URL, "?")
	}
	return resp, &worded{text, err}
}
