package contestants

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

func TestRepeatable(t *testing.T) {
	for _, c := range Builtin() {
		if !slices.Contains([]string{"", RandomTime, RandomRuntime, RandomScheduler}, c.Random) {
			t.Errorf("%s: its randomness comes from %q", c.Name, c.Random)
		}
		if got := Repeatable(c.Name, nil); got != (c.Random == "") {
			t.Errorf("%s: repeatable %v, its randomness comes from %q", c.Name, got, c.Random)
		}
	}
	for over, want := range map[string]bool{"exponential": true, "sethvargo-go-retry": true, "azcore": false, "nobody": false} {
		if got := Repeatable("aws-sdk-nop", map[string]string{"over": over}); got != want {
			t.Errorf("aws-sdk-nop over %s: repeatable %v", over, got)
		}
	}
	if Repeatable("nobody", nil) || Repeatable("no-retry", map[string]string{"x": "1"}) {
		t.Error("what there is not is repeatable")
	}
}

// What the table says about randomness is so, with one call at a time: with the same seed in the same virtual time, the waits are the same for those that
// repeat and others for those whose source the runtime seeds.
func TestRandomIsAsTheTableSays(t *testing.T) {
	if raceEnabled {
		t.Skip("one call at a time, of everybody")
	}
	waits := func(c Contestant) (gaps []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			if c.Kind == KindSDK {
				w := &s3Wire{say: func(part, _ int) answer {
					if part == 1 {
						return answer{status: 503} // without a code for throttling, which would bring a limiter in
					}
					return answer{}
				}}
				_, _ = upload(t, uploaderOf(t, c.Name, nil, s3Client(w)), 6<<20, 5<<20)
				gaps = w.gaps(1)
				return
			}
			s := &script{say: func(n int) answer {
				if n > 4 {
					return answer{status: http.StatusOK}
				}
				return answer{status: 503}
			}}
			_, _ = stackOf(t, c.Name, nil, runner.Client{Wire: s, Rand: testClient(nil).Rand, Forecast: now{}}).RoundTrip(put(t.Context()))
			gaps = s.gaps()
		})
		return gaps
	}
	for _, c := range Builtin() {
		a, b := waits(c), waits(c)
		if slices.Equal(a, b) == (c.Random == RandomRuntime) {
			t.Errorf("%s: its randomness comes from %q, and it waited %v and then %v", c.Name, c.Random, a, b)
		}
	}
}
