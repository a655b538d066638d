package metrics

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Four retries follow a hint: one comes too early, one at the moment, one 0.5 s and one 2 s after it. One follows no hint, one an answer that
// never came, and one is a hedge that began before the hint was there.
func TestHintCompliance(t *testing.T) {
	id := func(id string) func(*record.Attempt) { return func(a *record.Attempt) { a.ID = id } }
	after := func(s float64) func(*record.Attempt) { return func(a *record.Attempt) { a.RetryAfterS = &s } }
	in := Input{WallS: 9, Objects: []record.Object{object()}, Attempts: []record.Attempt{
		part(1, 1, 0, 0.5, 503, after(1)), part(1, 2, 1.25, 0.25, 503, after(1)), part(1, 3, 2.5, 0.5, 200), // 0.25 early, then at the moment
		part(2, 1, 0, 0.5, 503, after(1)), part(2, 2, 2, 0.5, 503), part(2, 3, 3, 0.5, 200), // 0.5 late, then after no hint
		part(3, 1, 0, 0.5, 429, after(3), id("0-7")), part(3, 2, 5, 0.5, 200), // a date: the server says that it was 3
		part(4, 1, 0, 1, 503, after(1)), part(4, 2, 0.5, 0.25, 0, after(9)), part(4, 3, 1.5, 0.5, 200), // a hedge, then one after no answer
	}, Ledger: []record.LedgerRow{{Kind: record.LedgerAttempt, ID: "0-7", Status: 429, RetryAfterS: ptr(3), HintUntilS: ptr(3)}}}
	n := Of(in)
	if r := n.Trial; !same(r.HintCompliance, 0.75) || !same(r.LateByS, 0.5) || !same(r.LateByMaxS, 2) {
		t.Errorf("compliance %s, late by %s and at most %s", show(r.HintCompliance), show(r.LateByS), show(r.LateByMaxS))
	}
	if n.Detail.LateBy == "" {
		t.Error("no histogram of late attempts")
	}
	in.WarmUpS = 2.25
	if r := Of(in).Trial; !same(r.HintCompliance, 1) || !same(r.LateByMaxS, 2) {
		t.Errorf("after a warm-up: compliance %s, late by at most %s", show(r.HintCompliance), show(r.LateByMaxS))
	}
	in.Attempts = in.Attempts[:2]
	in.WarmUpS = 0
	if r := Of(in).Trial; !same(r.HintCompliance, 0) || r.LateByS != nil {
		t.Errorf("too early only: compliance %s, late by %s", show(r.HintCompliance), show(r.LateByS))
	}
	if r := Of(byHand()).Trial; r.HintCompliance != nil || r.LateByS != nil {
		t.Errorf("without hints: %s and %s", show(r.HintCompliance), show(r.LateByS))
	}
}

// A date by a clock that is wrong says the same as one by a right one to who counts from the answer's Date: the ledger knows what was asked for.
// One who reads it by the own clock is judged by the same.
func TestHintComplianceBySkewedDates(t *testing.T) {
	for _, c := range []struct {
		name   string
		read   *float64 // by the client, in seconds
		next   float64
		keeps  float64
		ledger bool
	}{
		{"read as it was meant", ptr(2), 2.5, 1, true},
		{"read by another clock", ptr(602), 2.5, 1, true},
		{"read by another clock, and early", ptr(0), 1.5, 0, true},
		{"not read at all", nil, 2.5, 1, true},
		{"the server says nothing", ptr(3), 2.5, 0, false},
	} {
		in := Input{WallS: 9, Objects: []record.Object{object()}, Attempts: []record.Attempt{
			part(1, 1, 0, 0.5, 503, func(a *record.Attempt) { a.ID, a.RetryAfterS = "0-1", c.read }), part(1, 2, c.next, 0.5, 200),
		}}
		if c.ledger {
			in.Ledger = []record.LedgerRow{{Kind: record.LedgerAttempt, ID: "0-1", Status: 503, RetryAfterS: ptr(2)}}
		}
		if r := Of(in).Trial; !same(r.HintCompliance, c.keeps) {
			t.Errorf("%s: compliance %s, want %v", c.name, show(r.HintCompliance), c.keeps)
		}
	}
}

// Twenty clients lose their service for 3 s and ask again every second: those that did so together come together after it.
func TestHerdAfterWindow(t *testing.T) {
	trial := func(apart float64) (index *float64) {
		var h herds
		h.row(&record.LedgerRow{Kind: record.LedgerWindow, TS: 1, EndS: 4})
		for client := range 20 {
			for s := range 6 {
				h.row(&record.LedgerRow{Kind: record.LedgerAttempt, TS: float64(s) + 0.5 + apart*float64(client), Status: 503})
			}
		}
		index, _ = h.worst(0, 10)
		return index
	}
	if got := trial(0); !same(got, 100) {
		t.Errorf("all at once: %s, want 100", show(got))
	}
	if got := trial(0.02); !same(got, 5) {
		t.Errorf("evenly: %s, want 5", show(got))
	}
	var h herds
	h.row(&record.LedgerRow{Kind: record.LedgerWindow, TS: 1}) // to the trial's end
	for range 50 {
		h.row(&record.LedgerRow{Kind: record.LedgerAttempt, TS: 1.5})
	}
	if got, _ := h.worst(0, 10); got != nil {
		t.Errorf("a window without an end: %s", show(got))
	}
}
