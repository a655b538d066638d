package strategies

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	good      = Outcome{Status: 200}
	bad       = Outcome{Status: 503}
	slow      = Outcome{Err: ErrTransient}
	throttled = Outcome{Status: 429}
)

// A script is what happens to a budget: 'b' begins a call, 'r' asks for a retry and wants yes, 'n' wants no, 's' ends the call in
// success, 'f' in failure, and ' ' lets a second go by.
func play(t *testing.T, name string, b Budget, o Outcome, script string) {
	t.Helper()
	now, c := began, &Call{Bytes: 1 << 20}
	for i, step := range script {
		switch step {
		case 'b':
			c = &Call{Bytes: 1 << 20}
			b.Begin(now, c)
		case 'r', 'n':
			if got := b.Retry(now, c, o); got != (step == 'r') {
				t.Fatalf("%s: %q: at %d retry %v", name, script, i, got)
			}
		case 's':
			b.End(now, c, good)
		case 'f':
			b.End(now, c, o)
		case ' ':
			now = now.Add(time.Second)
		}
	}
}

func repeat(s string, n int) (out string) {
	for range n {
		out += s
	}
	return out
}

func TestFinagleBudget(t *testing.T) {
	play(t, "100 are free in a window", &FinagleBudget{}, bad, repeat("r", 100)+"n")
	play(t, "five calls are one more", &FinagleBudget{}, bad, repeat("r", 100)+"bbbb"+"n"+"b"+"r"+"n")
	play(t, "they leak away", &FinagleBudget{}, bad, repeat("r", 100)+"n"+repeat(" ", 11)+repeat("r", 100)+"n")
	play(t, "none are free", &FinagleBudget{MinPerSecond: -1}, bad, "bbbb"+"n"+"b"+"r"+"n")
	play(t, "half", &FinagleBudget{MinPerSecond: -1, Percent: 0.5}, bad, "bn"+"brn"+"bbr")
	play(t, "deposits leak", &FinagleBudget{MinPerSecond: -1}, bad, "bbbbb"+repeat(" ", 11)+"n")
}

func TestInFlightBudget(t *testing.T) {
	b := &InFlightBudget{}
	calls := make([]Call, 40)
	for i := range calls {
		b.Begin(began, &calls[i])
	}
	granted := 0
	for i := range calls {
		if b.Retry(began, &calls[i], bad) {
			granted++
		}
	}
	if granted != 8 {
		t.Errorf("%d retries for 40 calls, want 20 %%", granted)
	}
	if !b.Retry(began, &calls[0], bad) {
		t.Error("a second retry of a call has the place of its first")
	}
	for i := range calls {
		b.End(began, &calls[i], good)
	}
	if b.calls != 0 || b.retries != 0 {
		t.Errorf("%d calls and %d retries remain", b.calls, b.retries)
	}
	play(t, "three at least", &InFlightBudget{}, bad, "b"+"r"+"b"+"r"+"b"+"r"+"b"+"n")
	play(t, "none at least", &InFlightBudget{Min: -1}, bad, "bbbb"+"n"+"b"+"r")
}

func TestGRPCThrottling(t *testing.T) {
	// Ten tokens: retries while more than five are left.
	play(t, "four", &GRPCThrottling{}, bad, "brrrrnf")
	play(t, "back by ten successes", &GRPCThrottling{}, bad, "brrrrnf"+repeat("bs", 10)+"bn"+repeat("bs", 11)+"br")
	b := &GRPCThrottling{}
	play(t, "each failure counts once", b, bad, "brrnf"[:3]+"f")
	if b.spent != 3000 {
		t.Errorf("spent %d, want 3000: two that were retried, one at the end", b.spent)
	}
	b = &GRPCThrottling{Max: 1}
	play(t, "refused and ended is one failure", b, bad, "bnf")
	if b.spent != 1000 {
		t.Errorf("spent %d, want 1000", b.spent)
	}
	b = &GRPCThrottling{}
	b.End(began, &Call{}, Outcome{Status: 404})
	if b.spent != 0 {
		t.Errorf("a status that is not retried cost %d", b.spent)
	}
}

func TestAWSQuota(t *testing.T) {
	play(t, "legacy: 100", &AWSQuota{}, bad, repeat("r", 100)+"n")
	play(t, "legacy: 50 after timeouts", &AWSQuota{}, Outcome{Err: timeoutError{}}, repeat("r", 50)+"n")
	play(t, "legacy: a retry that works gives its cost back, and one", &AWSQuota{}, bad, repeat("bf", 3)+repeat("r", 99)+"b"+"r"+"s"+"b"+"r"+"n")
	play(t, "2026: 35", &AWSQuota{New2026: true}, bad, repeat("r", 35)+"n")
	play(t, "2026: 100 after throttling", &AWSQuota{New2026: true}, throttled, repeat("r", 100)+"n")
	play(t, "2026: timeouts are like the rest", &AWSQuota{New2026: true}, Outcome{Err: timeoutError{}}, repeat("r", 35)+"n")
	for _, tt := range []struct {
		b      *AWSQuota
		script string
		spent  int64
	}{
		{&AWSQuota{}, "brs", 0},
		{&AWSQuota{spent: 50}, "brs", 49},  // 5 back and 1
		{&AWSQuota{spent: 50}, "brrs", 54}, // the first retry's 5 are gone
		{&AWSQuota{spent: 50}, "bs", 49},
		{&AWSQuota{spent: 50}, "brf", 55},
		{&AWSQuota{spent: 50, New2026: true}, "brs", 50},
		{&AWSQuota{spent: 50, New2026: true}, "bs", 49},
	} {
		name := tt.script
		play(t, name, tt.b, bad, tt.script)
		if tt.b.spent != tt.spent {
			t.Errorf("%s (2026 %v): spent %d, want %d", name, tt.b.New2026, tt.b.spent, tt.spent)
		}
	}
}

type timeoutError struct{}

func (timeoutError) Error() string { return "late" }
func (timeoutError) Timeout() bool { return true }

func TestOtherBudgets(t *testing.T) {
	play(t, "Brooker", &TokenBudget{}, bad, "b"+repeat("r", 10)+"n"+repeat("bs", 9)+"n"+"bs"+"r"+"n")
	play(t, "10 %", &RatioBudget{Free: 1}, bad, "br"+"n"+repeat("b", 16)+"n"+"b"+"r"+"n")
	play(t, "10 %, none free", &RatioBudget{Free: -1}, bad, repeat("b", 8)+"n"+"b"+"r"+"n")
	play(t, "10 %, over two minutes", &RatioBudget{Free: -1}, bad, repeat("b", 9)+"r"+repeat(" ", 140)+"n")
	// Calls of 1 MiB: four in reserve, and four successes for each retry more.
	play(t, "bytes", &ByteBudget{Reserve: 4 << 20, Ratio: 0.25}, bad, "brrrrnf"+repeat("bs", 3)+"n"+"bs"+"r"+"n")
	b := &ByteBudget{Reserve: 10 << 10}
	small, large := &Call{Bytes: 1}, &Call{Bytes: 1 << 20}
	if b.Retry(began, large, bad) || !b.Retry(began, small, bad) || !b.Retry(began, &Call{Bytes: -1}, bad) || b.Retry(began, small, bad) {
		t.Error("10 KiB are two retries of 4 KiB, and none of a mebibyte")
	}
}

// Whatever happens, a budget that grants retries for a share of calls grants no more than that and its reserve, and one that
// counts what is in flight ends at zero.
func TestBudgetsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		finagle, ratio := &FinagleBudget{}, &RatioBudget{Free: 1}
		inFlight, quota, tokens, bytes := &InFlightBudget{}, &AWSQuota{}, &TokenBudget{}, &ByteBudget{Reserve: 1 << 20}
		grpc := &GRPCThrottling{}
		all := []Budget{finagle, ratio, inFlight, quota, tokens, bytes, grpc}
		granted := make([]int, len(all))
		now, calls, succeeded := began, 0, 0
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			calls++
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * ms)
			for i, b := range all {
				c := &Call{Bytes: 100 << 10}
				b.Begin(now, c)
				for range rapid.IntRange(0, 6).Draw(t, "retries") {
					if b.Retry(now, c, slow) {
						granted[i]++
					}
				}
				end := bad
				if rapid.Bool().Draw(t, "succeeds") {
					end = good
					succeeded++
				}
				b.End(now, c, end)
			}
		}
		for i, most := range []float64{
			100 + 0.2*float64(calls), 1 + 0.1*float64(calls+granted[1]) + 1, 1e9, 1e9, 10 + 0.1*float64(succeeded), 10.24 + 0.2*float64(succeeded), 1e9,
		} {
			if float64(granted[i]) > most {
				t.Fatalf("%T granted %d, at most %.1f", all[i], granted[i], most)
			}
		}
		if inFlight.calls != 0 || inFlight.retries != 0 {
			t.Fatalf("%d calls and %d retries remain in flight", inFlight.calls, inFlight.retries)
		}
		if quota.spent < 0 || quota.spent > 500 || grpc.spent < 0 || grpc.spent > 10_000 || tokens.spent < 0 || bytes.spent < 0 {
			t.Fatal("a bucket is over its brim or below its bottom")
		}
	})
}
