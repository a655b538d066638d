package faultserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
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
		"two things":     {Name: "r", Do: faults.Do{Answers: faults.Answers{Status: &faults.Status{Code: 500}}, Connections: faults.Connections{Reset: &faults.Reset{}}}},
		"no error":       {Name: "r", Do: faults.Of(&faults.Status{Code: 200})},
		"no rate":        {Name: "r", Do: faults.Of(&faults.Throttle{})},
		"unknown moment": {Name: "r", Do: faults.Of(&faults.Reset{Cut: faults.Cut{At: "never"}})},
		"unknown phase":  {Name: "r", Do: faults.Of(&faults.Status{Code: 500}), When: When{Phase: []string{"x"}}},
	} {
		if _, err := New(Options{Rules: []Rule{r}}); err == nil || !strings.Contains(err.Error(), `"r"`) {
			t.Errorf("%s: %v, want an error that names the rule", name, err)
		}
	}
}

// The same attempts are hit in whatever order they come.
func TestIdentityNotArrival(t *testing.T) {
	rules := []Rule{{Name: "flaky", When: When{Probability: 0.4}, Do: faults.Of(&faults.Status{Code: 503})}}
	run := func(seed uint64, parallel bool) map[string]int {
		h := mustNew(t, Options{Rules: rules, Seed: 5}).Handler(ok, ops.S3)
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

func TestErrorBodies(t *testing.T) {
	rules := []Rule{{Name: "r", Do: faults.Of(&faults.Status{Code: 503, Answer: faults.Answer{S3Code: "SlowDown"}})}}
	s := mustNew(t, Options{Rules: rules})
	read := func(r *http.Response) string {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := read(serve(s.Handler(ok, ops.S3), "PUT", part("o", 1))); !strings.Contains(got, "<Error><Code>SlowDown</Code>") {
		t.Errorf("S3 error body: %s", got)
	}
	if got := read(serve(s.Handler(ok, ops.S3), "HEAD", "/bucket/o")); got != "" {
		t.Errorf("a HEAD got a body: %s", got)
	}
	if got := read(serve(s.Handler(ok, ops.UCS), "GET", "/boxes/b/uploads/f/parts/1")); !strings.Contains(got, `"exception_id":"slowDown"`) {
		t.Errorf("UCS error body: %s", got)
	}
}

func TestScheduleAndLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{
			Phases: []Phase{{"calm", 0, time.Second}, {"storm", time.Second, 2 * time.Second}, {"after", 2 * time.Second, 0}},
			Rules: []Rule{
				{Name: "slow", Match: Match{Op: []string{ops.UploadPart}}, Do: faults.Of(&faults.Latency{Add: seconds(0.1)})},
				{Name: "outage", When: When{Phase: []string{"storm"}}, Do: faults.Of(&faults.Status{Code: 500})},
				{Name: "second", When: When{Every: 2}, Match: Match{Key: "every*"}, Do: faults.Of(&faults.Status{Code: 502})},
				{Name: "twice", When: When{First: 2}, Match: Match{Key: "first*", Parts: []int{1}}, Do: faults.Of(&faults.Status{Code: 504})},
			},
		})
		h := s.Handler(ok, ops.S3)
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
// A client that asks before it sends its body gets an early answer at once, and sends nothing.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Rules: []Rule{{Name: "slow", Do: faults.Of(&faults.Latency{Add: seconds(1)})}}})
		if err := s.Wait(t.Context()); err != nil {
			t.Errorf("with nothing under way: %v", err)
		}
		go serve(s.Handler(ok, ops.S3), "PUT", part("o", 1))
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

// However long requests were held back before they reach it, a bucket gives no more than its rate.
