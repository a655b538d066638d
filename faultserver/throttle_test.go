package faultserver

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Rules: []Rule{{Name: "quota", Do: faults.Of(&faults.Throttle{Rate: 0.5, Burst: 2})}}})
		h := s.Handler(ok, ops.S3)
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
			h := mustNew(t, Options{Rules: []Rule{{Name: "quota", Do: faults.Of(&faults.Throttle{Rate: 1, Limited: faults.Limited{Scope: scope}})}}}).Handler(ok, ops.S3)
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
			s := mustNew(t, Options{Rules: []Rule{{Name: "r", Do: faults.Of(&faults.Status{Code: 503, Answer: faults.Answer{S3Code: "SlowDown", RetryAfter: faults.RetryAfter{Form: tt.form, Value: tt.value}}})}}})
			resp := serve(s.Handler(ok, ops.S3), "PUT", part("o", 1))
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

func TestForecast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{
			Phases: []Phase{{"calm", 0, 10 * time.Second}, {"outage", 10 * time.Second, 12 * time.Second}, {"after", 12 * time.Second, 0}},
			Rules: []Rule{
				{Name: "outage", When: When{Phase: []string{"outage"}}, Do: faults.Of(&faults.Status{Code: 503})},
				{Name: "quota", Match: Match{Op: []string{ops.UploadPart}}, Do: faults.Of(&faults.Throttle{Rate: 2})},
			},
		})
		h := s.Handler(ok, ops.S3)
		s.Begin(time.Now())
		ask := func() (time.Duration, http.Header) {
			return s.Forecast(time.Now(), httptest.NewRequest("PUT", part("o", 1), nil), ops.S3)
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

		gone := mustNew(t, Options{Rules: []Rule{{Name: "gone", When: When{From: seconds(1)}, Do: faults.Of(&faults.Status{Code: 500})}}})
		gone.Begin(time.Now().Add(-2 * time.Second))
		if wait, _ := gone.Forecast(time.Now(), httptest.NewRequest("PUT", part("o", 1), nil), ops.S3); wait >= 0 {
			t.Errorf("in an outage without an end the oracle is told to wait %v", wait)
		}
		if w := gone.Ledger()[0]; w.TS != 1 || w.EndS != 0 {
			t.Errorf("the ledger's window without an end: %+v", w)
		}
	})
}

func TestBucketKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustNew(t, Options{Rules: []Rule{
			{Name: "slow", Do: faults.Of(&faults.Latency{Add: seconds(0.001), Jitter: seconds(0.5)})},
			{Name: "outage", Match: Match{Op: []string{ops.GetObject}}, When: When{To: seconds(5)}, Do: faults.Of(&faults.Status{Code: 503})},
			{Name: "quota", Do: faults.Of(&faults.Throttle{Rate: 20, Burst: 5})},
		}})
		h := s.Handler(ok, ops.S3)
		s.Begin(time.Now())
		var wg sync.WaitGroup
		var passed atomic.Int64
		for i := range 20 {
			wg.Go(func() {
				for time.Since(*s.start.Load()) < 10*time.Second {
					// The oracle's questions in an outage must not disturb the bucket: it takes nothing before that is over.
					if time.Since(*s.start.Load()) < 5*time.Second {
						wait, header := s.Forecast(time.Now(), httptest.NewRequest("GET", "/bucket/o", nil), ops.S3)
						if wait <= 0 || header.Get(TicketHeader) != "" {
							t.Errorf("in the outage: wait %v, header %v", wait, header)
						}
					}
					if serve(h, "PUT", part("o", i+1)).StatusCode == 200 {
						passed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if n := passed.Load(); n < 195 || n > 215 {
			t.Errorf("a bucket of 20/s gave %d tokens in ten seconds", n)
		}
	})
}

func TestClientsByAddress(t *testing.T) {
	s := mustNew(t, Options{Rules: []Rule{{Name: "quota", Do: faults.Of(&faults.Throttle{Rate: 1, Limited: faults.Limited{Scope: "client"}})}}})
	h := s.Handler(ok, ops.S3)
	for _, from := range []string{"10.0.0.1:1", "10.0.0.2:1", "[2001:db8::1]:1", "[2001:db8::2]:1"} {
		r := httptest.NewRequest("GET", "/bucket/o", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("%s pays from another client's bucket", from)
		}
	}
}
