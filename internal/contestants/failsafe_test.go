package contestants

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

func TestFailsafe(t *testing.T) {
	at2 := exactly(2*time.Second, 2*time.Second)
	none := exactly(0, 0)
	for _, name := range []string{"failsafe-go", "failsafe-go-closing"} {
		t.Run(name, func(t *testing.T) {
			testBehaviours(t, name, []behaviour{
				{what: "500", say: status(500), waits: none, err: "retries exceeded, the last answer was 500"},
				{what: "503 and seconds", say: status(503, "Retry-After", "2"), waits: at2, err: "was 503"},
				{what: "429 and seconds", say: status(429, "Retry-After", "2"), waits: at2, err: "was 429"},
				{what: "500 and seconds", say: status(500, "Retry-After", "2"), waits: none, err: "was 500"},
				{what: "two lines", say: status(503, "Retry-After", "2", "Retry-After", "9"), waits: at2, err: "was 503"},
				{what: "a date", say: inSeconds(3*time.Second, 503), waits: none, err: "was 503"},
				{what: "negative", say: status(503, "Retry-After", "-5"), waits: none, err: "was 503"},
				{what: "overflow", say: status(503, "Retry-After", "10000000000"), waits: none, err: "was 503"},
				{what: "501", say: status(501), status: 501},
				{what: "408", say: status(408), status: 408}, // not one of its statuses
				{what: "error", say: failure(io.ErrUnexpectedEOF), waits: none, err: "retries exceeded: unexpected EOF"},
				{what: "cancelled", say: failure(context.Canceled), err: "context canceled"},
				{what: "max_retries", with: map[string]string{"max_retries": "1"}, say: status(500), waits: exactly(0), err: "was 500"},
				{what: "no retries", with: map[string]string{"max_retries": "0"}, say: status(500), err: "was 500"},
				{what: "POST", method: "POST", say: status(500), waits: none, err: "was 500"},
				{what: "success", say: func(n int) answer { return answer{status: []int{500, 200}[n-1]} }, waits: exactly(0), status: 200},
			})
		})
	}
}

// failsafe-go closes nothing that it retries; the layer below does.
func TestFailsafeLeaks(t *testing.T) {
	for name, want := range map[string]int{"failsafe-go": 3, "failsafe-go-closing": 0} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{say: func(int) answer { return answer{status: 503, body: "sorry"} }}
			if _, err := stackOf(t, name, nil, testClient(s)).RoundTrip(put(t.Context())); err == nil {
				t.Error("no error after three times 503")
			}
			if s.open != want {
				t.Errorf("%s: %d answers were never closed, want %d", name, s.open, want)
			}
		})
	}
}

// What is set beyond the defaults has traps of its own, which the rows do not show.
func TestFailsafeTraps(t *testing.T) {
	waits := func(b retrypolicy.Builder[*http.Response], say func(int) answer) (gaps []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			s := &script{say: say}
			_, _ = failsafehttp.NewRoundTripper(s, b.WithMaxRetries(20).Build()).RoundTrip(put(t.Context()))
			gaps = s.gaps()
		})
		return gaps
	}
	early := 0
	for _, w := range waits(failsafehttp.NewRetryPolicyBuilder().WithJitterFactor(0.5), status(503, "Retry-After", "1")) {
		if w < 500*time.Millisecond || w > 1500*time.Millisecond {
			t.Errorf("waited %v for 1 s ± 50 %%", w)
		}
		if w < time.Second {
			early++
		}
	}
	if early == 0 {
		t.Error("its jitter made no retry early") // it goes both ways
	}
	for _, w := range waits(failsafehttp.NewRetryPolicyBuilder().WithBackoff(time.Second, 5*time.Second), status(503, "Retry-After", "100")) {
		if w != 100*time.Second {
			t.Errorf("waited %v; the cap is not for Retry-After", w)
		}
	}
	for _, w := range waits(failsafehttp.NewRetryPolicyBuilder().WithRandomDelay(0, time.Second), status(500)) {
		if w != 0 {
			t.Errorf("waited %v; a delay from 0 on is none", w)
		}
	}
	gaps := waits(failsafehttp.NewRetryPolicyBuilder().WithMaxDuration(1500*time.Millisecond), status(503, "Retry-After", "1"))
	if last := gaps[len(gaps)-1]; last >= time.Second {
		t.Errorf("the last wait is %v; it is cut to what is left of the time", last)
	}
}
