package contestants

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// answer is what a scripted wire says to one attempt: err, or a status with headers (name and value by turns) and a body.
type answer struct {
	status int
	header []string
	body   string
	err    error
}

func status(code int, header ...string) func(int) answer {
	return func(int) answer { return answer{status: code, header: header} }
}

func failure(err error) func(int) answer { return func(int) answer { return answer{err: err} } }

// script is a wire that says what say tells it to say to attempt n (from 1).
type script struct {
	say func(n int) answer

	mu     sync.Mutex
	times  []time.Time
	bodies []string
	open   int // answers that nobody has closed
}

// RoundTrip implements http.RoundTripper.
func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times = append(s.times, time.Now())
	s.bodies = append(s.bodies, string(body))
	a := s.say(len(s.times))
	if a.err != nil {
		return nil, a.err
	}
	s.open++
	resp := &http.Response{
		StatusCode: a.status, Status: fmt.Sprint(a.status, " ", http.StatusText(a.status)), Request: req,
		Header: http.Header{}, ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(a.body)),
		Body: &openBody{strings.NewReader(a.body), s, false},
	}
	for pair := range slices.Chunk(a.header, 2) {
		resp.Header.Add(pair[0], pair[1])
	}
	return resp, nil
}

func (s *script) gaps() []time.Duration { return (&wire{times: s.times}).gaps() }

// openBody counts itself out of the open ones once.
type openBody struct {
	io.Reader
	s      *script
	closed bool
}

// Close implements io.Closer.
func (b *openBody) Close() error {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if !b.closed {
		b.closed = true
		b.s.open--
	}
	return nil
}

func testClient(w http.RoundTripper) runner.Client {
	return runner.Client{Wire: w, Rand: rand.New(rand.NewPCG(1, 2)), Concurrency: 1}
}

// within is the bounds of one wait.
type within struct{ low, high time.Duration }

func exactly(waits ...time.Duration) (all []within) {
	for _, w := range waits {
		all = append(all, within{w, w})
	}
	return all
}

func checkWaits(t *testing.T, got []time.Duration, want []within) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("waited %v, want %d waits: %v", got, len(want), want)
		return
	}
	for i, g := range got {
		if g < want[i].low || g > want[i].high {
			t.Errorf("wait %d is %v, want %v to %v", i+1, g, want[i].low, want[i].high)
		}
	}
}

// a behaviour of a stack: what it does when the wire says so.
type behaviour struct {
	what    string
	with    map[string]string
	say     func(n int) answer
	method  string // empty: PUT with a body
	timeout time.Duration
	waits   []within
	status  int    // that comes back; 0: an error
	err     string // that it contains
}

func testBehaviours(t *testing.T, name string, all []behaviour) {
	for _, b := range all {
		t.Run(b.what, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { testBehaviour(t, name, b) }) })
	}
}

func testBehaviour(t *testing.T, name string, b behaviour) {
	s := &script{say: b.say}
	ctx, cancel := context.WithCancel(t.Context())
	if b.timeout > 0 {
		ctx, cancel = context.WithTimeout(t.Context(), b.timeout)
	}
	defer cancel()
	req := put(ctx)
	if b.method != "" {
		req.Method = b.method
	}
	resp, err := stackOf(t, name, b.with, testClient(s)).RoundTrip(req)
	checkWaits(t, s.gaps(), b.waits)
	switch {
	case b.status == 0 && (err == nil || !strings.Contains(err.Error(), b.err)):
		t.Errorf("got %v, %v; want an error with %q", resp, err, b.err)
	case b.status != 0 && (err != nil || resp.StatusCode != b.status):
		t.Errorf("got %v, %v; want %d", resp, err, b.status)
	case b.status != 0:
		if _, err := io.ReadAll(resp.Body); err != nil {
			t.Errorf("the answer's body: %v", err)
		}
		resp.Body.Close()
		if s.open > 0 && name != "failsafe-go" {
			t.Errorf("%d answers were never closed", s.open)
		}
	}
	if err != nil && strings.Contains(err.Error(), "X-Amz-Signature") {
		t.Errorf("the error holds a signature: %v", err)
	}
	for i, body := range s.bodies {
		if body != "part" {
			t.Errorf("attempt %d sent %q", i+1, body)
		}
	}
}

// inSeconds is an HTTP date so long after the moment that the wire is asked.
func inSeconds(d time.Duration, statusCode int) func(int) answer {
	return func(int) answer {
		return answer{status: statusCode, header: []string{"Retry-After", time.Now().Add(d).UTC().Format(http.TimeFormat)}}
	}
}
