package strategies

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPolicy(t *testing.T) {
	exp := Policy{Attempts: 5, Backoff: Exponential{Base: s, Cap: 10 * s}, When: Transient()}
	immediate := Policy{Attempts: 5, Backoff: None{}, When: Transient(), IgnoreHint: true}
	hint := func(d time.Duration) Hint { return Hint{Given: true, After: d} }
	for _, tt := range []struct {
		name    string
		policy  Policy
		attempt int
		o       Outcome
		wait    time.Duration
		retry   bool
	}{
		{"zero value", Policy{}, 1, Outcome{Status: 503}, 0, false},
		{"no backoff", Policy{Attempts: 2, When: Transient()}, 1, Outcome{Status: 503}, 0, true},
		{"success", exp, 1, Outcome{Status: 200}, 0, false},
		{"first retry", exp, 1, Outcome{Status: 503}, s, true},
		{"fourth retry", exp, 4, Outcome{Status: 503}, 8 * s, true},
		{"last attempt", exp, 5, Outcome{Status: 503}, 0, false},
		{"longer hint", exp, 1, Outcome{Status: 429, Hint: hint(7 * s)}, 7 * s, true},
		{"hint over the cap", exp, 1, Outcome{Status: 429, Hint: hint(60 * s)}, 60 * s, true},
		{"shorter hint", exp, 3, Outcome{Status: 429, Hint: hint(s)}, 4 * s, true},
		{"hint of now", exp, 1, Outcome{Status: 429, Hint: hint(0)}, s, true},
		{"hint without need", exp, 1, Outcome{Status: 404, Hint: hint(s)}, 0, false},
		{"reset", exp, 2, Outcome{Err: syscall.ECONNRESET}, 2 * s, true},
		{"bug", exp, 1, Outcome{Err: errors.New("boom")}, 0, false},
		{"immediate", immediate, 4, Outcome{Status: 429, Hint: hint(9 * s)}, 0, true},
		{"immediate, last", immediate, 5, Outcome{Status: 429}, 0, false},
	} {
		wait, retry := tt.policy.For(&Call{Idempotent: true}).Next(tt.attempt, tt.o)
		if wait != tt.wait || retry != tt.retry {
			t.Errorf("%s: Next = %v, %v; want %v, %v", tt.name, wait, retry, tt.wait, tt.retry)
		}
	}
}

func TestPolicyNeverComesBackEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Attempts: 1000, When: Transient(), Backoff: Exponential{
			Base: time.Duration(rapid.Int64Min(0).Draw(t, "base")), Cap: time.Duration(rapid.Int64Min(0).Draw(t, "cap")),
		}}
		after := time.Duration(rapid.Int64Min(0).Draw(t, "after"))
		attempt := rapid.IntRange(1, 999).Draw(t, "attempt")
		wait, retry := p.For(&Call{}).Next(attempt, Outcome{Status: 429, Hint: Hint{Given: true, After: after}})
		if !retry || wait < after {
			t.Fatalf("asked to wait %v, waits %v (retry %v)", after, wait, retry)
		}
	})
}
