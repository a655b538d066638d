package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"github.com/ratebench/ratebench/transport"
)

// The services, as errors name them.
const (
	wkvs = "WKVS"
	wps  = "WPS"
	ucs  = "UCS"
	dcs  = "DCS"
	s3   = "S3"
)

// maxAnswer bounds what is read of an answer, in bytes. The longest one is a download package with all its files.
const maxAnswer = 64 << 20

// request is one logical request: whatever the stack does with it, it has one X-Request-Id.
type request struct {
	service string
	doing   string // for errors, such as "asking for the URL of part 3"
	method  string
	url     string
	token   string // of the Authorization header; empty: there is none
	header  http.Header
	json    any   // what is sent as JSON; nil: nothing
	body    *Body // what is sent as it is; nil: nothing
	// repeatable says that the request may reach the service twice although its method does not promise that it may.
	repeatable bool
	bare       bool  // it goes past the stack
	want       []int // the statuses that are a success
}

// answer is a whole answer.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and reads the answer to its end.
func (h *Handler) do(ctx context.Context, r request) (answer, error) {
	resp, err := h.open(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, r.failed(ctx, fmt.Errorf("the answer of the %s broke off: %w", r.service, err))
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// open sends a request and returns the answer if it is a success; its body is the caller's to read and to close. Another one is an
// *APIError.
func (h *Handler) open(ctx context.Context, r request) (*http.Response, error) {
	counting, attempts := countAttempts(ctx)
	req, err := r.build(counting)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.doing, err)
	}
	through := h.stack
	if r.bare {
		through = h.wire
	}
	resp, err := through.RoundTrip(req)
	if err != nil {
		return nil, afterAttempts(attempts.Load(), r.failed(ctx, err))
	}
	if r.service == ucs {
		h.heard(resp)
	}
	if !slices.Contains(r.want, resp.StatusCode) {
		defer resp.Body.Close()
		return nil, afterAttempts(attempts.Load(), r.refused(resp))
	}
	if r.body != nil && damaged(resp, r.body.md5) {
		transport.Discard(resp)
		return nil, afterAttempts(attempts.Load(), fmt.Errorf("%s: %w", r.doing, errDamaged))
	}
	return resp, nil
}

func (r *request) build(ctx context.Context) (*http.Request, error) {
	u, err := url.Parse(r.url)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("what the %s is to be asked at is no URL", r.service) // it may hold a signature
	}
	req := (&http.Request{
		Method: r.method, URL: u, Host: u.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	switch {
	case r.body != nil:
		req.ContentLength = r.body.Size()
		req.GetBody = func() (io.ReadCloser, error) { return r.body.Open(), nil }
	case r.json != nil:
		text, err := json.Marshal(r.json)
		if err != nil {
			return nil, err
		}
		req.ContentLength = int64(len(text))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
		req.Header.Set("Content-Type", "application/json")
	}
	if req.GetBody != nil {
		req.Body, _ = req.GetBody()
	}
	if r.service != s3 {
		req.Header.Set("Accept", "application/json")
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	req.Header.Set("X-Request-Id", uuid.NewString())
	if r.repeatable {
		req.Header["Idempotency-Key"] = nil // net/http and package transport take it for a promise; it is not sent
	}
	return req, nil
}

// unmarshal reads an answer that is to be JSON.
func (r *request) unmarshal(a answer, into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return fmt.Errorf("%s: the %s answered with something that is not what its interface says: %w", r.doing, r.service, err)
	}
	return nil
}
