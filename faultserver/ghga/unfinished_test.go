package ghga

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// deaf is an S3 that gives no answer to a client that has gone, though it has done what it was asked for.
func deaf(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if gone := r.Context().Err(); gone != nil {
			return nil, gone
		}
		return resp, err
	})
}

// leave asks, and goes away before the service's nth request to S3 is answered.
func (r *ruler) leave(n int, method, path, token, body string) *http.Response {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	defer cancel()
	r.beforeS3 = func() {
		if n--; n == 0 {
			cancel()
		}
	}
	defer func() { r.beforeS3 = nil }()
	req, err := http.NewRequestWithContext(ctx, method, "http://ghga.example"+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return serve(r.p, req)
}

// A create whose client has gone is carried out: trying again meets it, and no upload is open that nobody knows.
func TestCreateOutlivesItsClient(t *testing.T) {
	r := deploy(t, func(c *PlatformConfig) { c.Transport = deaf(c.Transport) }).ruler()
	token := r.order(r.wp, `{"work_type":"create","alias":"a"}`)
	if resp := r.leave(1, "POST", r.path, token, create("a", 5)); resp.StatusCode != 201 {
		t.Errorf("create: %d", resp.StatusCode)
	}
	if open, err := r.p.Open(t.Context()); err != nil || len(open) != 1 || open[0] == "" {
		t.Errorf("open uploads %q, %v", open, err)
	}
	if resp := r.create("a", create("a", 5)); resp.StatusCode != 409 {
		t.Errorf("again: %d, want 409", resp.StatusCode)
	}
}

// So is a completion, wherever the client goes.
func TestCompleteOutlivesItsClient(t *testing.T) {
	for n := 1; n <= 4; n++ {
		r := deploy(t, func(c *PlatformConfig) { c.Transport = deaf(c.Transport) }).ruler()
		file, id := r.begin(r.wp, "a", 5)
		sum := r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
		r.leave(n, "PATCH", file, r.order(r.wp, forFile("close", id)), finish(sum))
		if s, _ := r.p.State(id); s.State != inbox {
			t.Errorf("the client went at request %d to S3: state %s", n, s.State)
		}
	}
}

// The object of a file whose completion came no further than S3 goes with the file.
func TestDeleteAfterHalfACompletion(t *testing.T) {
	r := deploy(t, nil).ruler()
	file, id := r.begin(r.wp, "a", 5)
	sum := r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
	token, n := r.order(r.wp, forFile("close", id)), 0
	r.insteadOfS3 = func(q *http.Request) *http.Response {
		if n++; n < 4 {
			return nil
		}
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: http.NoBody, Request: q} // to the HEAD behind it
	}
	if resp := r.ask("PATCH", file, token, finish(sum)); resp.StatusCode != 500 {
		t.Errorf("completing without the HEAD: %d", resp.StatusCode)
	}
	r.insteadOfS3 = nil
	_, key, _ := r.ucs.Object(id)
	if _, _, err := r.ucs.storage.head(t.Context(), key); err != nil {
		t.Fatalf("S3 has no object: %v", err)
	}
	if resp := r.remove(id); resp.StatusCode != 204 {
		t.Errorf("deleting: %d", resp.StatusCode)
	}
	if _, _, err := r.ucs.storage.head(t.Context(), key); !isCode(err, "NoSuchKey") {
		t.Errorf("S3 still has the object: %v", err)
	}
}

// An S3 that never answers does not hold a request for ever.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hangs bool
		r := deploy(t, func(c *PlatformConfig) {
			next := c.Transport
			c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
				if hangs {
					<-q.Context().Done()
					return nil, q.Context().Err()
				}
				return next.RoundTrip(q)
			})
		}).ruler()
		token := r.order(r.wp, `{"work_type":"create","alias":"a"}`)
		hangs = true
		began := time.Now()
		if resp := r.ask("POST", r.path, token, create("a", 5)); resp.StatusCode != 500 || time.Since(began) != patience {
			t.Errorf("%d after %v", resp.StatusCode, time.Since(began))
		}
	})
}
