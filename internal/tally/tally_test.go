package tally

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/internal/record"
)

func row(client, key string, status int) *record.LedgerRow {
	return &record.LedgerRow{Kind: record.LedgerAttempt, Client: client, Op: "put_object", Key: key, Status: status}
}

func TestGroups(t *testing.T) {
	tl := New()
	for _, r := range []*record.LedgerRow{
		row("a", "k", 503), row("a", "k", 0), row("a", "k", 200), // a call with two retries
		row("a", "k", 200),                     // another
		row("a", "l", 404), row("a", "l", 404), // asking again is no retry
		row("b", "k", 429), // of somebody else
		{Kind: record.LedgerWindow},
	} {
		tl.Add(r)
	}
	got := fmt.Sprintf("%+v", tl.Lines())
	want := "[{Client:a Op:put_object Calls:4 Attempts:6 Retries:2 Throttled:0 Early:0 Failed:4 Amplification:1.5}" +
		" {Client:b Op:put_object Calls:1 Attempts:1 Retries:0 Throttled:1 Early:0 Failed:1 Amplification:1}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	tl.Reset()
	if len(tl.Lines()) != 0 {
		t.Error("something is left after the reset")
	}
}

// Clients that number their calls are believed: two at once for the same object are two calls.
func TestNumberedCalls(t *testing.T) {
	tl := New()
	for _, call := range []string{"x", "y", "x", "x"} {
		r := row("a", "k", 503)
		r.Call = call
		tl.Add(r)
	}
	if l := tl.Lines()[0]; l.Calls != 2 || l.Retries != 2 {
		t.Errorf("%+v", l)
	}
}

func TestEarly(t *testing.T) {
	tl := New()
	asked := 2.0
	at := func(ts float64, hinted bool) {
		r := row("a", "k", 429)
		r.TS, r.TookS, r.Scopes = ts, 0.1, []string{"quota/all"}
		if hinted {
			r.Hint, r.RetryAfterS = "quota/all", &asked
		}
		tl.Add(r)
	}
	at(0, true)    // until 2.1
	at(0.05, true) // was on its way already; until 2.15
	at(1, false)   // early
	at(2.2, false)
	if l := tl.Lines()[0]; l.Early != 1 {
		t.Errorf("%+v", l)
	}
}

// Whatever comes, every attempt is either the first of a call or a retry, and memory is bounded.
func TestCallsAndRetriesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tl := New()
		n := rapid.IntRange(0, 200).Draw(t, "n")
		for range n {
			r := row(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "client"), rapid.SampledFrom([]string{"k", "l"}).Draw(t, "key"),
				rapid.SampledFrom([]int{0, 200, 404, 429, 503}).Draw(t, "status"))
			r.Call = rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "call")
			tl.Add(r)
		}
		sum := 0
		for _, l := range tl.Lines() {
			if l.Calls+l.Retries != l.Attempts {
				t.Fatalf("%+v", l)
			}
			sum += l.Attempts
		}
		if sum != n {
			t.Fatalf("%d attempts of %d", sum, n)
		}
	})
}

func TestBounded(t *testing.T) {
	tl := New()
	for i := range 3 * mostCalls {
		tl.Add(row(fmt.Sprint("client", i), "k", 503))
	}
	if len(tl.lines) > mostLines+1 || len(tl.young)+len(tl.old) > 2*mostCalls {
		t.Errorf("%d lines, %d calls", len(tl.lines), len(tl.young)+len(tl.old))
	}
}
