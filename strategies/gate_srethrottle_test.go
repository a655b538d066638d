package strategies

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSREThrottleProbability(t *testing.T) {
	for _, tt := range []struct {
		k                 float64
		requests, accepts int
		want              float64
	}{
		{0, 0, 0, 0},
		{0, 100, 100, 0},
		{0, 100, 50, 0},
		{0, 100, 40, 20. / 101},
		{0, 100, 0, 100. / 101},
		{1.1, 100, 50, 45. / 101},
		{0.5, 100, 40, 20. / 101}, // less than 1 is 2
	} {
		g := &SREThrottle{K: tt.k, MinRequests: -1}
		step := g.counts.at(simStart, 2*time.Minute)
		step.all, step.good = int64(tt.requests), int64(tt.accepts)
		if got := max(0, g.refuse(simStart, 2*time.Minute)); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("K %v, %d accepted of %d: %v, want %v", tt.k, tt.accepts, tt.requests, got, tt.want)
		}
	}
}

// Of 1000 per second that are asked for it sends about 200 to a server that takes 100.
func TestSREThrottleSendsTwiceWhatIsAccepted(t *testing.T) {
	for _, rnd := range []*rand.Rand{nil, rand.New(rand.NewPCG(1, 2))} {
		g := &SREThrottle{Window: 10 * time.Second}
		now, sent := simStart, 0
		server := &TokenBucket{Rate: 100, Burst: 5}
		for i := range 60_000 {
			now = now.Add(ms)
			c := &Call{Rand: rnd}
			if v := g.Admit(now, c); !v.Go() {
				if !errors.Is(v.Err, ErrThrottled) {
					t.Fatal(v)
				}
				continue
			}
			if i >= 30_000 {
				sent++
			}
			o := Outcome{Status: 200}
			if v := server.Admit(now, c); !v.Go() {
				server.Leave(now, c)
				o.Status = 429
			}
			g.Done(now, c, o)
		}
		if perSecond := float64(sent) / 30; perSecond < 170 || perSecond > 230 {
			t.Errorf("it sends %v per second, want 200", perSecond)
		}
	}
}

// With everything rejected hardly anything is sent, and once it is accepted again the client comes back
// after half a window times ln 1000.
func TestSREThrottleRecovers(t *testing.T) {
	g := &SREThrottle{Window: 10 * time.Second, MinRequests: -1}
	now := simStart
	run := func(seconds int, o Outcome) (sent int) {
		for range seconds * 100 {
			now = now.Add(10 * ms)
			c := &Call{}
			if g.Admit(now, c).Go() {
				sent++
				g.Done(now, c, o)
			}
		}
		return sent
	}
	if n := run(10, Outcome{Status: 200}); n != 1000 {
		t.Errorf("%d of 1000 are sent to a server that is well", n)
	}
	run(10, Outcome{Status: 503})
	if n := run(10, Outcome{Err: net.ErrClosed}); n > 30 {
		t.Errorf("%d of 1000 are sent to a server that is down", n)
	}
	if n := run(25, Outcome{Status: 200}); n > 1000 {
		t.Errorf("%d of 2500 are sent in the first two windows and a half", n)
	}
	run(15, Outcome{Status: 200})
	if n := run(10, Outcome{Status: 200}); n < 990 {
		t.Errorf("%d of 1000 are sent to a server that is well again", n)
	}
}

// What a call ends in that nobody waited for is not the server's fault, and the first of a window go in any case.
func TestSREThrottleCounts(t *testing.T) {
	for _, o := range []Outcome{{}, {Err: context.Canceled}, {Status: 404}, {Status: 500}} {
		g := &SREThrottle{MinRequests: -1}
		for range 100 {
			c := &Call{}
			if !g.Admit(simStart, c).Go() {
				t.Fatalf("%+v counts as rejected", o)
			}
			g.Done(simStart, c, o)
		}
	}
	g := &SREThrottle{}
	for i := range 102 {
		if v := g.Admit(simStart, &Call{Rand: rand.New(rand.NewPCG(7, 7))}); v.Go() != (i < 100) {
			t.Fatalf("request %d in flight at once: %+v", i, v)
		}
	}
}

func TestRolling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r rolling
		window := time.Duration(rapid.Int64Range(1, int64(time.Minute)).Draw(t, "window"))
		var events []time.Time
		now := simStart
		for range rapid.IntRange(1, 100).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(window/5)).Draw(t, "gap")))
			r.at(now, window).all++
			events = append(events, now)
			least, most := int64(0), int64(0)
			for _, e := range events {
				if now.Sub(e) < window*30/32 {
					least++
				}
				if now.Sub(e) <= window+32 {
					most++
				}
			}
			if n := r.total(now, window).all; window > 1000 && (n < least || n > most) {
				t.Fatalf("%d events in the window, want %d to %d", n, least, most)
			}
		}
	})
}
