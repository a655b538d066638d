package runner

import (
	"math"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// clientRow is an attempt as the recorder leaves it.
func clientRow(id string, status int, wrote bool, peer string) attempt {
	return attempt{Attempt: record.Attempt{ID: id, Status: status}, wrote: wrote, peer: peer}
}

func ledgerRow(id string, status int) record.LedgerRow {
	return record.LedgerRow{Kind: record.LedgerAttempt, ID: id, Status: status}
}

func cutRow(peer string) record.LedgerRow {
	return record.LedgerRow{Kind: record.LedgerConnection, Peer: peer}
}

func TestReconcile(t *testing.T) {
	for _, tt := range []struct {
		name     string
		attempts []attempt
		ledger   []record.LedgerRow
		classes  string
		replays  int
		problem  string // a part of it; empty: none
	}{
		{"both agree", []attempt{clientRow("0-1", 200, true, "a")}, []record.LedgerRow{ledgerRow("0-1", 200)}, "seen", 0, ""},
		{"answer lost", []attempt{clientRow("0-1", 0, true, "a")}, []record.LedgerRow{ledgerRow("0-1", 200)}, "seen", 0, ""},
		{"repeated by net/http", []attempt{clientRow("0-1", 200, true, "a")},
			[]record.LedgerRow{ledgerRow("0-1", 0), ledgerRow("0-1", 200)}, "seen", 1, ""},
		{"cut", []attempt{clientRow("0-1", 0, true, "a")}, []record.LedgerRow{cutRow("a")}, "cut", 0, ""},
		{"never sent", []attempt{clientRow("0-1", 0, false, "")}, nil, "never_sent", 0, ""},
		{"nothing arrived", []attempt{clientRow("0-1", 0, true, "a")}, nil, "never_sent", 0, ""},
		{"another status", []attempt{clientRow("0-1", 200, true, "a")}, []record.LedgerRow{ledgerRow("0-1", 503)}, "seen", 0,
			"attempt 0-1: the client got status 200, the ledger says 503"},
		{"answered by nobody", []attempt{clientRow("0-1", 200, true, "a")}, nil, "never_sent", 0, "the ledger has no such attempt"},
		{"unknown to the client", []attempt{clientRow("0-1", 200, true, "a")},
			[]record.LedgerRow{ledgerRow("0-1", 200), ledgerRow("", 200)}, "seen", 0, "client 1 and 0 repeated by net/http, ledger 2"},
		{"cut unknown to the client", nil, []record.LedgerRow{cutRow("a")}, "", 0, "client 0, ledger 1"},
	} {
		replays, problem := reconcile(tt.attempts, tt.ledger)
		var classes []string
		for _, a := range tt.attempts {
			classes = append(classes, a.Class)
		}
		if got := strings.Join(classes, " "); got != tt.classes || replays != tt.replays {
			t.Errorf("%s: classes %q, %d replays, want %q, %d", tt.name, got, replays, tt.classes, tt.replays)
		}
		if tt.problem == "" && problem != "" || !strings.Contains(problem, tt.problem) {
			t.Errorf("%s: problem %q, want %q", tt.name, problem, tt.problem)
		}
	}
}

func TestEarly(t *testing.T) {
	sec := func(s float64) *float64 { return &s }
	at := func(id string, client int, start float64) attempt {
		return attempt{Attempt: record.Attempt{ID: id, Client: client, StartS: start, TookS: 0.1, Status: 429}}
	}
	row := func(id, hint string, scopes ...string) record.LedgerRow {
		r := record.LedgerRow{Kind: record.LedgerAttempt, ID: id, Status: 429, Scopes: scopes}
		if hint != "" {
			r.Hint, r.RetryAfterS = hint, sec(2)
		}
		return r
	}
	attempts := []attempt{
		at("first", 0, 1),            // gets a hint at 1.1: not before 3.1
		at("in flight", 0, 1.05),     // was sent before the hint came
		at("too soon", 0, 3),         // and gets no hint
		at("on time", 0, 3.1),        //
		at("other client", 1, 2),     // has been told nothing
		at("other scope", 0, 2),      //
		at("unseen by server", 0, 2), // no handler saw it, so no rule could have
	}
	ledger := []record.LedgerRow{
		row("first", "quota/all", "quota/all"), row("in flight", "", "quota/all"), row("too soon", "", "quota/all"),
		row("on time", "", "quota/all"), row("other client", "", "quota/all"), row("other scope", "", "burst/all"),
	}
	reconcile(attempts, ledger)
	for _, a := range attempts {
		if want := a.ID == "too soon"; a.Early != want {
			t.Errorf("%s: early is %v", a.ID, a.Early)
		}
		if by := a.EarlyByS; (by != nil) != a.Early || by != nil && math.Abs(*by-0.1) > 1e-9 { // until 3.1
			t.Errorf("%s: early by %v", a.ID, by)
		}
	}

	// A hint given as a date ends at that date, however long the answer took.
	attempts = []attempt{at("first", 0, 1), at("on the date", 0, 3.05)}
	dated := row("first", "quota/all", "quota/all")
	dated.HintUntilS = sec(3.02)
	reconcile(attempts, []record.LedgerRow{dated, row("on the date", "", "quota/all")})
	if attempts[1].Early {
		t.Error("an attempt after the date that the hint named counts as early")
	}
}

func TestSummaryIsShort(t *testing.T) {
	if got := summary([]string{"a", "b", "c", "d", "e"}); got != "a; b; c; and 2 more" {
		t.Errorf("summary: %q", got)
	}
}
