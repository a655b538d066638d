package contestants

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/transport"
)

// nestedPrefix begins the names of all contestants that have two retry loops at once. No others do.
const nestedPrefix = "nested-"

func isNested(c Contestant) bool { return strings.HasPrefix(c.Name, nestedPrefix) }

// newNestedMinIO puts minio-go's retry loop over that of exponential: what comes of a client that was given a transport with
// retries and kept its own. With both defaults a request has up to 50 attempts.
//
// minio-go sets no GetBody, so a layer that goes by the contract of net/http would repeat only what has no body. As the retry
// libraries do that are used for this, the row takes bodies into memory between the two.
func newNestedMinIO(name string, v values) (runner.Contestant, error) {
	b, err := fullJitter(v)
	if err != nil {
		return nil, err
	}
	retries := retrying(name, v, b)
	over := &stack{name, func(c runner.Client) []transport.Layer {
		return slices.Concat([]transport.Layer{func(next http.RoundTripper) http.RoundTripper { return inMemory{next} }}, retries.layers(c))
	}}
	return &minioContestant{name, v.count("max_retries"), v.flag("content_sha256"), over}, nil
}

// inMemory takes bodies that can be had only once into memory, so that layers below can send them again.
type inMemory struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (m inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	if transport.CanReplay(req) {
		return m.next.RoundTrip(req)
	}
	body, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("reading the body of %s into memory failed: %w", transport.Target(req), err)
	}
	held := *req
	held.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	held.Body, _ = held.GetBody() // never fails
	return m.next.RoundTrip(&held)
}
