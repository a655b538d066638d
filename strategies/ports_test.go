package strategies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"
)

// waits asks a retrier about one outcome again and again, and returns the waits before retries and that after the last.
func waits(r Retrier, o Outcome) (before []time.Duration, after time.Duration) {
	for n := 1; ; n++ {
		wait, again := r.Next(n, o)
		if !again {
			return before, wait
		}
		before = append(before, wait)
	}
}

func TestSahara(t *testing.T) {
	hint := Hint{Given: true, After: 30 * s, Form: Seconds}
	nova := DefaultSahara()
	nova.HintOf = NovaHint()
	faster := Sahara{RetriesNumber: 2, RetryAfter: 10 * s, NoFinalSleep: true}
	for _, tt := range []struct {
		name   string
		sahara Sahara
		c      Call
		o      Outcome
		before []time.Duration
		after  time.Duration
	}{
		{"defaults: six calls and a minute", DefaultSahara(), Call{Method: "POST"}, Outcome{Status: 503}, slices.Repeat([]time.Duration{10 * s}, 5), 10 * s},
		{"retries_number=2: three calls", Sahara{RetriesNumber: 2}, Call{}, Outcome{Status: 500}, []time.Duration{0, 0}, 0},
		{"nothing but known statuses", DefaultSahara(), Call{}, Outcome{Status: 501}, nil, 0},
		{"connections", DefaultSahara(), Call{Idempotent: true}, Outcome{Err: ErrTransient}, nil, 0},
		{"success", DefaultSahara(), Call{}, Outcome{Status: 200}, nil, 0},
		{"no hint is read", DefaultSahara(), Call{}, Outcome{Status: 429, Hint: hint}, slices.Repeat([]time.Duration{10 * s}, 5), 10 * s},
		{"nova's hint", nova, Call{}, Outcome{Status: 429, Hint: hint}, slices.Repeat([]time.Duration{30 * s}, 5), 30 * s},
		{"nova's hint on 413", nova, Call{}, Outcome{Status: 413, Hint: hint}, slices.Repeat([]time.Duration{30 * s}, 5), 30 * s},
		{"only lengthens", nova, Call{}, Outcome{Status: 429, Hint: Hint{Given: true, After: s, Form: Seconds}}, slices.Repeat([]time.Duration{10 * s}, 5), 10 * s},
		{"not on 503", nova, Call{}, Outcome{Status: 503, Hint: hint}, slices.Repeat([]time.Duration{10 * s}, 5), 10 * s},
		{"not as a date", nova, Call{}, Outcome{Status: 429, Hint: Hint{Given: true, After: 30 * s, Form: Date}}, slices.Repeat([]time.Duration{10 * s}, 5), 10 * s},
		{"no final sleep", faster, Call{}, Outcome{Status: 503}, []time.Duration{10 * s, 10 * s}, 0},
		{"idempotent only", Sahara{RetriesNumber: 2, IdempotentOnly: true}, Call{Method: "POST"}, Outcome{Status: 503}, nil, 0},
		{"full jitter without chance", Sahara{RetriesNumber: 1, RetryAfter: 10 * s, FullJitter: true}, Call{}, Outcome{Status: 503}, []time.Duration{10 * s}, 10 * s},
	} {
		before, after := waits(tt.sahara.For(&tt.c), tt.o)
		if !slices.Equal(before, tt.before) || after != tt.after {
			t.Errorf("%s: waits %v and then %v, want %v and %v", tt.name, before, after, tt.before, tt.after)
		}
	}
	// sahara/tests/unit/utils/openstack/test_base.py: what is retried for each client, and what is not.
	sahara := Sahara{RetriesNumber: 2}
	for status := 400; status < 520; status++ {
		_, got := sahara.For(&Call{}).Next(1, Outcome{Status: status})
		if want := slices.Contains([]int{408, 413, 429, 500, 502, 503, 504}, status); got != want {
			t.Errorf("status %d: retried %v, want %v", status, got, want)
		}
	}
}

func TestSwift(t *testing.T) {
	swift := DefaultSwift()
	if before, after := waits(swift.For(&Call{}), Outcome{Status: 503}); !slices.Equal(before, []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s}) || after != 0 {
		t.Errorf("waits %v and then %v", before, after)
	}
	long := Swift{Retries: 9, StartingBackoff: s, MaxBackoff: 64 * s}
	if before, _ := waits(long.For(&Call{}), Outcome{Err: io.ErrUnexpectedEOF}); before[6] != 64*s || before[8] != 64*s {
		t.Errorf("waits %v: the cap is 64 s", before)
	}
	for _, tt := range []struct {
		o     Outcome
		retry bool
	}{
		{Outcome{Status: 429}, true}, {Outcome{Status: 498}, true}, {Outcome{Status: 408}, true}, {Outcome{Status: 499}, true},
		{Outcome{Status: 501}, true}, {Outcome{Status: 599}, true}, {Outcome{Status: 404}, false}, {Outcome{Status: 413}, false},
		{Outcome{Status: 200}, false}, {Outcome{Err: errors.New("bad certificate")}, false}, {Outcome{Err: context.Canceled}, false},
	} {
		if _, got := swift.For(&Call{}).Next(1, tt.o); got != tt.retry {
			t.Errorf("%+v: retried %v", tt.o, got)
		}
	}
	old := swift
	old.RetryOnRatelimit = false
	if _, got := old.For(&Call{}).Next(1, Outcome{Status: 429}); got {
		t.Error("429 is retried without retry_on_ratelimit")
	}
	// A 401 is a retry like any other, but the first one is tried again also where the retries are used up.
	for _, tt := range []struct {
		statuses []int
		waits    []time.Duration
	}{
		{[]int{401, 503}, []time.Duration{s}},
		{[]int{503, 401, 503}, []time.Duration{s, 2 * s}},
		{[]int{503, 401, 401}, []time.Duration{s, 2 * s}},
	} {
		r := (&Swift{Retries: 1, StartingBackoff: s, MaxBackoff: 64 * s}).For(&Call{})
		var waits []time.Duration
		for i, status := range tt.statuses {
			if wait, again := r.Next(i+1, Outcome{Status: status}); again {
				waits = append(waits, wait)
			}
		}
		if !slices.Equal(waits, tt.waits) {
			t.Errorf("%v: waits %v, want %v", tt.statuses, waits, tt.waits)
		}
	}
	if before, _ := waits(swift.For(&Call{}), Outcome{Status: 401}); len(before) != 1 {
		t.Errorf("401 is tried %d times more, want once", len(before))
	}
}

func TestNeutron(t *testing.T) {
	neutron := Neutron{Retries: 2, Interval: DefaultNeutronInterval}
	for _, tt := range []struct {
		method string
		o      Outcome
		retry  bool
	}{
		{"GET", Outcome{Err: ErrTransient}, true}, {"", Outcome{Err: ErrTransient}, true}, {"PUT", Outcome{Err: ErrTransient}, true},
		{"DELETE", Outcome{Err: ErrTransient}, true}, {"POST", Outcome{Err: ErrTransient}, false},
		{"GET", Outcome{Status: 503}, false}, {"GET", Outcome{Status: 429}, false},
	} {
		wait, got := neutron.For(&Call{Method: tt.method}).Next(1, tt.o)
		if got != tt.retry || got && wait != s {
			t.Errorf("%s %+v: retried %v after %v", tt.method, tt.o, got, wait)
		}
	}
	if _, got := (&Neutron{}).For(&Call{Method: "GET"}).Next(1, Outcome{Err: ErrTransient}); got {
		t.Error("its default is to retry nothing")
	}
}

func TestDistant(t *testing.T) {
	any := Transient()
	any.AnyMethod = true
	for _, tt := range []struct {
		d    Distant
		want []time.Duration // the last of them after the last failure
	}{
		{Distant{}, []time.Duration{0}},
		{Distant{Kind: DistantExponential, Base: s, MaxDuration: 10 * s, MaxRetries: 6}, []time.Duration{s, 2 * s, 4 * s, 8 * s, 10 * s, 10 * s}},
		{Distant{Kind: DistantExponential, Base: 20 * s, MaxDuration: 10 * s, MaxRetries: 3}, []time.Duration{20 * s, 10 * s, 10 * s}},
		{Distant{Kind: DistantExponential, Base: 3 * ms, Factor: 1.5, MaxRetries: 3}, []time.Duration{3 * ms, 4 * ms, 6 * ms}},
		{Distant{Kind: DistantFibonacci, Base: s, MaxRetries: 6}, []time.Duration{s, s, 2 * s, 3 * s, 5 * s, 8 * s}},
		{Distant{Kind: DistantFixed, Base: s, MaxRetries: 2}, []time.Duration{s, s}},
	} {
		tt.d.When = any
		before, after := waits(tt.d.For(&Call{}), Outcome{Status: 503})
		if got := append(before, after); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: waits %v, want %v", tt.d, got, tt.want)
		}
	}
	forever := Distant{Kind: DistantFixed, When: any}
	if _, again := forever.For(&Call{}).Next(1_000_000, Outcome{Status: 503}); !again {
		t.Error("without max_retries it does not end")
	}
}

func TestKindOfTransient(t *testing.T) {
	if got := KindOf(fmt.Errorf("it happens: %w", ErrTransient)); got != Network {
		t.Errorf("ErrTransient is %v", got)
	}
}
