package faultserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

func seconds(n float64) units.Duration { return units.Duration(n * float64(time.Second)) }

// serve asks a handler once and returns its answer.
func serve(h http.Handler, method, target string) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader("body")))
	return w.Result()
}

func part(object string, n int) string {
	return fmt.Sprintf("/bucket/%s?partNumber=%d&uploadId=u", object, n)
}

var ok = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })

func mustNew(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBadRules(t *testing.T) {
	for name, r := range map[string]Rule{
		"nothing to do":  {Name: "r"},
		"two things":     {Name: "r", Status: &Status{Code: 500}, Reset: &Reset{}},
		"no error":       {Name: "r", Status: &Status{Code: 200}},
		"no rate":        {Name: "r", Throttle: &Throttle{}},
		"unknown moment": {Name: "r", Reset: &Reset{At: "never"}},
		"unknown phase":  {Name: "r", Status: &Status{Code: 500}, When: When{Phase: []string{"x"}}},
	} {
		if _, err := New(Options{Rules: []Rule{r}}); err == nil || !strings.Contains(err.Error(), `"r"`) {
			t.Errorf("%s: %v, want an error that names the rule", name, err)
		}
	}
}

// The same attempts are hit in whatever order they come.
func TestIdentityNotArrival(t *testing.T) {
	rules := []Rule{{Name: "flaky", When: When{Probability: 0.4}, Status: &Status{Code: 503}}}
	run := func(seed uint64, parallel bool) map[string]int {
		h := mustNew(t, Options{Rules: rules, Seed: 5}).Handler(ok, ClassifyS3)
		order := rand.New(rand.NewPCG(seed, seed)).Perm(60)
		got := map[string]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		// Ordinals go by first appearance, so the objects appear in the same order in every run.
		for o := range 3 {
			serve(h, "HEAD", fmt.Sprintf("/bucket/o%d", o))
		}
		for _, i := range order {
			one := func() {
				for attempt := 1; attempt <= 3; attempt++ {
					status := serve(h, "PUT", part(fmt.Sprintf("o%d", i%3), i/3+1)).StatusCode
					mu.Lock()
					got[fmt.Sprint(i, attempt)] = status
					mu.Unlock()
				}
			}
			if parallel {
				wg.Go(one)
			} else {
				one()
			}
		}
		wg.Wait()
		return got
	}
	want := run(1, false)
	for seed := range uint64(4) {
		got := run(seed, seed%2 == 0)
		for k, status := range want {
			if got[k] != status {
				t.Fatalf("part and attempt %s: %d in one order, %d in another", k, status, got[k])
			}
		}
	}
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Rules: []Rule{{Name: "quota", Throttle: &Throttle{Rate: 0.5, Burst: 2}}}})
		h := s.Handler(ok, ClassifyS3)
		var got []int
		for range 3 {
			got = append(got, serve(h, "PUT", part("o", 1)).StatusCode)
		}
		if fmt.Sprint(got) != "[200 200 429]" {
			t.Errorf("a bucket of 2 answered %v", got)
		}
		time.Sleep(1500 * time.Millisecond) // three quarters of a token
		resp := serve(h, "PUT", part("o", 1))
		if ra := resp.Header.Get("Retry-After"); resp.StatusCode != 429 || ra != "1" {
			t.Errorf("status %d, Retry-After %q; half a second is missing, in whole seconds 1", resp.StatusCode, ra)
		}
		time.Sleep(time.Second)
		if status := serve(h, "PUT", part("o", 1)).StatusCode; status != 200 {
			t.Errorf("after the wait asked for: %d", status)
		}
		row := s.Ledger()[3]
		if row.Rule != "quota" || row.Hint != "quota/all" || *row.RetryAfterS != 1 || row.Status != 429 {
			t.Errorf("ledger: %+v", row)
		}
	})
}

func TestThrottleScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for scope, want := range map[string][]int{"all": {200, 429, 429}, "key": {200, 200, 429}} {
			h := mustNew(t, Options{Rules: []Rule{{Name: "quota", Throttle: &Throttle{Rate: 1, Scope: scope}}}}).Handler(ok, ClassifyS3)
			for i, key := range []string{"a", "b", "a"} {
				if got := serve(h, "PUT", part(key, 1)).StatusCode; got != want[i] {
					t.Errorf("scope %s, request %d: %d, want %d", scope, i, got, want[i])
				}
			}
		}
	})
}

func TestRetryAfterForms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(300 * time.Millisecond) // the clock is not at a whole second
		for _, tt := range []struct {
			form  string
			value units.Duration
			want  time.Duration // from now; -1: no header
		}{
			{"", seconds(2), 2 * time.Second},
			{"seconds", seconds(1.2), 2 * time.Second},
			{"http_date", seconds(1), 1700 * time.Millisecond}, // the next whole second after it
			{"none", seconds(2), -1},
			{"", 0, -1},
		} {
			s := mustNew(t, Options{Rules: []Rule{{Name: "r", Status: &Status{Code: 503, S3Code: "SlowDown", RetryAfter: RetryAfter{tt.form, tt.value}}}}})
			resp := serve(s.Handler(ok, ClassifyS3), "PUT", part("o", 1))
			header := resp.Header.Get("Retry-After")
			got := time.Duration(-1)
			if date, err := http.ParseTime(header); err == nil {
				got = time.Until(date)
			} else if header != "" {
				got, err = time.ParseDuration(header + "s")
				if err != nil {
					t.Error(err)
				}
			}
			if got != tt.want {
				t.Errorf("form %q, value %v: header %q is %v from now, want %v", tt.form, tt.value, header, got, tt.want)
			}
			if row := s.Ledger()[0]; (row.RetryAfterS != nil) != (tt.want >= 0) || row.RetryAfterS != nil && *row.RetryAfterS != tt.want.Seconds() {
				t.Errorf("form %q, value %v: the ledger disagrees: %+v", tt.form, tt.value, row)
			}
		}
	})
}

func TestErrorBodies(t *testing.T) {
	rules := []Rule{{Name: "r", Status: &Status{Code: 503, S3Code: "SlowDown"}}}
	s := mustNew(t, Options{Rules: rules})
	read := func(r *http.Response) string {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := read(serve(s.Handler(ok, ClassifyS3), "PUT", part("o", 1))); !strings.Contains(got, "<Error><Code>SlowDown</Code>") {
		t.Errorf("S3 error body: %s", got)
	}
	if got := read(serve(s.Handler(ok, ClassifyS3), "HEAD", "/bucket/o")); got != "" {
		t.Errorf("a HEAD got a body: %s", got)
	}
	if got := read(serve(s.Handler(ok, ClassifyUCS), "GET", "/boxes/b/uploads/f/parts/1")); !strings.Contains(got, `"exception_id":"slowDown"`) {
		t.Errorf("UCS error body: %s", got)
	}
}

func TestScheduleAndLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{
			Phases: []Phase{{"calm", 0, time.Second}, {"storm", time.Second, 2 * time.Second}, {"after", 2 * time.Second, 0}},
			Rules: []Rule{
				{Name: "slow", Match: Match{Op: []string{OpUploadPart}}, Latency: &Latency{Add: seconds(0.1)}},
				{Name: "outage", When: When{Phase: []string{"storm"}}, Status: &Status{Code: 500}},
				{Name: "second", When: When{Every: 2}, Match: Match{Key: "every*"}, Status: &Status{Code: 502}},
				{Name: "twice", When: When{First: 2}, Match: Match{Key: "first*", Parts: []int{1}}, Status: &Status{Code: 504}},
			},
		})
		h := s.Handler(ok, ClassifyS3)
		s.Begin(time.Now())
		statuses := func(target string, n int) (out []int) {
			for range n {
				out = append(out, serve(h, "PUT", target).StatusCode)
			}
			return out
		}
		for _, tt := range []struct {
			target string
			want   string
		}{
			{"/b/every-1", "[200 502 200]"}, {"/b/every-2", "[502 200 502]"},
			{part("first", 1), "[504 504 200]"}, {part("first", 2), "[200 200 200]"},
		} {
			start := time.Now()
			if got := fmt.Sprint(statuses(tt.target, 3)); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.target, got, tt.want)
			}
			want := time.Duration(0)
			if strings.Contains(tt.target, "partNumber") {
				want = 300 * time.Millisecond
			}
			if took := time.Since(start); took != want {
				t.Errorf("%s took %v, want %v", tt.target, took, want)
			}
		}
		time.Sleep(time.Second) // at 1.6 s
		if got := fmt.Sprint(statuses("/b/k", 2)); got != "[500 500]" {
			t.Errorf("in the storm: %s", got)
		}
		time.Sleep(time.Second)
		if got := fmt.Sprint(statuses("/b/k", 2)); got != "[200 200]" {
			t.Errorf("after the storm: %s", got)
		}
		if w := s.Ledger()[0]; w.Kind != record.LedgerWindow || w.Name != "outage" || w.TS != 1 || w.EndS != 2 {
			t.Errorf("the ledger's window: %+v", w)
		}
	})
}

// listenTCP serves h behind the fault server over real TCP.
func listenTCP(t *testing.T, s *Server, h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.Handler(h, ClassifyS3)}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(s.Listener(l)) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return "http://" + l.Addr().String()
}

func TestReset(t *testing.T) {
	for _, tt := range []struct {
		at        string
		size      int
		bytes     [2]int64 // least and most that the backend may read
		committed bool
	}{
		{"before_body", 1 << 20, [2]int64{0, 0}, false},
		{"mid_body", 1 << 20, [2]int64{1 << 19, 1 << 19}, false},
		{"after_commit", 1 << 20, [2]int64{1 << 20, 1 << 20}, true},
	} {
		t.Run(tt.at, func(t *testing.T) {
			s := mustNew(t, Options{Rules: []Rule{{Name: "rst", When: When{First: 1}, Reset: &Reset{At: tt.at}}}})
			stored := make(chan int64, 2)
			url := listenTCP(t, s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n, err := io.Copy(io.Discard, r.Body)
				if err != nil {
					w.WriteHeader(500)
					return
				}
				stored <- n
			}))
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			put := func() (*http.Response, error) {
				req, err := http.NewRequest("PUT", url+part("o", 1), strings.NewReader(strings.Repeat("x", tt.size)))
				if err != nil {
					t.Fatal(err)
				}
				return client.Do(req)
			}
			if resp, err := put(); err == nil {
				t.Fatalf("answered %d, want a reset", resp.StatusCode)
			} else if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, net.ErrClosed) {
				t.Errorf("error is %v, want a connection reset", err)
			}
			row := s.Ledger()[0]
			if row.Status != 0 || row.Fault != "reset "+tt.at || row.Committed != tt.committed {
				t.Errorf("ledger: %+v", row)
			}
			if row.BytesIn < tt.bytes[0] || row.BytesIn > tt.bytes[1] {
				t.Errorf("the backend read %d bytes, want %v", row.BytesIn, tt.bytes)
			}
			if got := len(stored); (got == 1) != tt.committed {
				t.Errorf("the backend stored %d bodies, committed should be %v", got, tt.committed)
			}
			resp, err := put()
			if err != nil || resp.StatusCode != 200 {
				t.Fatalf("second attempt: %v, %v", resp, err)
			}
			resp.Body.Close()
		})
	}
}

func TestListenerRecordsCutHeaders(t *testing.T) {
	s := mustNew(t, Options{})
	url := listenTCP(t, s, ok)
	addr := strings.TrimPrefix(url, "http://")
	resp, err := http.Get(url + "/bucket/o")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("PUT /bucket/o HTTP/1.1\r\nHost: x\r\n")); err != nil {
		t.Fatal(err)
	}
	peer := c.LocalAddr().String()
	c.Close()
	idle, err := net.Dial("tcp", addr) // a connection without a request is nobody's attempt
	if err != nil {
		t.Fatal(err)
	}
	idle.Close()
	http.DefaultClient.CloseIdleConnections()

	deadline := time.After(10 * time.Second)
	for {
		var cut []record.LedgerRow
		for _, row := range s.Ledger() {
			if row.Kind == record.LedgerConnection {
				cut = append(cut, row)
			}
		}
		s.mu.Lock()
		open := len(s.conns)
		s.mu.Unlock()
		if open == 0 {
			if len(cut) != 1 || cut[0].Peer != peer {
				t.Errorf("cut connections: %+v, want the one from %s", cut, peer)
			}
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%d connections are still open", open)
		default:
			runtime.Gosched()
		}
	}
}

func TestForecast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{
			Phases: []Phase{{"calm", 0, 10 * time.Second}, {"outage", 10 * time.Second, 12 * time.Second}, {"after", 12 * time.Second, 0}},
			Rules: []Rule{
				{Name: "outage", When: When{Phase: []string{"outage"}}, Status: &Status{Code: 503}},
				{Name: "quota", Match: Match{Op: []string{OpUploadPart}}, Throttle: &Throttle{Rate: 2}},
			},
		})
		h := s.Handler(ok, ClassifyS3)
		s.Begin(time.Now())
		ask := func() (time.Duration, http.Header) {
			return s.Forecast(time.Now(), httptest.NewRequest("PUT", part("o", 1), nil), ClassifyS3)
		}
		for i, want := range []time.Duration{0, 500 * time.Millisecond, time.Second} {
			wait, header := ask()
			if wait != want || header.Get(TicketHeader) == "" {
				t.Errorf("reservation %d: wait %v, header %v, want %v and a ticket", i, wait, header, want)
			}
		}
		// The reserved token is spent by its ticket, and by nobody else.
		wait, header := ask()
		time.Sleep(wait)
		if got := serve(h, "PUT", part("o", 1)).StatusCode; got != 429 {
			t.Errorf("without the ticket: %d", got)
		}
		r := httptest.NewRequest("PUT", part("o", 1), nil)
		r.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("with the ticket: %d", w.Code)
		}
		time.Sleep(9 * time.Second) // in the outage
		wait, _ = ask()
		if at := s.sinceStart(time.Now()) + wait; at != 12*time.Second {
			t.Errorf("in the outage the oracle is told to come at %v, want 12s", at)
		}

		gone := mustNew(t, Options{Rules: []Rule{{Name: "gone", When: When{From: seconds(1)}, Status: &Status{Code: 500}}}})
		gone.Begin(time.Now().Add(-2 * time.Second))
		if wait, _ := gone.Forecast(time.Now(), httptest.NewRequest("PUT", part("o", 1), nil), ClassifyS3); wait >= 0 {
			t.Errorf("in an outage without an end the oracle is told to wait %v", wait)
		}
		if w := gone.Ledger()[0]; w.TS != 1 || w.EndS != 0 {
			t.Errorf("the ledger's window without an end: %+v", w)
		}
	})
}

// A client that asks before it sends its body gets an early answer at once, and sends nothing.
func TestEarlyAnswerWithExpect(t *testing.T) {
	s := mustNew(t, Options{Rules: []Rule{{Name: "busy", Status: &Status{Code: 503}}}})
	url := listenTCP(t, s, ok)
	wire := &http.Transport{ExpectContinueTimeout: time.Hour} // far longer than a test may take
	defer wire.CloseIdleConnections()
	body := strings.NewReader(strings.Repeat("x", 1<<20))
	req, err := http.NewRequest("PUT", url+part("o", 1), body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Expect", "100-continue")
	resp, err := wire.RoundTrip(req)
	if err != nil || resp.StatusCode != 503 {
		t.Fatalf("%v, %v", resp, err)
	}
	resp.Body.Close()
	if body.Len() != 1<<20 {
		t.Errorf("%d bytes were sent in vain", 1<<20-body.Len())
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Rules: []Rule{{Name: "slow", Latency: &Latency{Add: seconds(1)}}}})
		if err := s.Wait(t.Context()); err != nil {
			t.Errorf("with nothing under way: %v", err)
		}
		go serve(s.Handler(ok, ClassifyS3), "PUT", part("o", 1))
		synctest.Wait()
		soon, cancel := context.WithTimeout(t.Context(), seconds(0.5).D())
		defer cancel()
		if err := s.Wait(soon); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an attempt is under way: %v", err)
		}
		if err := s.Wait(t.Context()); err != nil || s.Ledger()[0].Status != 200 {
			t.Errorf("after the wait: %v, %+v", err, s.Ledger()[0])
		}
	})
}
