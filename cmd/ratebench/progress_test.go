package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

func TestRemaining(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }
	r := remaining{trials: 4, expected: 40 * time.Second, start: start}
	check := func(now, want float64) {
		t.Helper()
		if got := r.left(at(now)).Seconds(); got != want {
			t.Errorf("%v s into the run with %d trials ended: %v s left, want %v", now, r.ended, got, want)
		}
	}
	check(0, 40)
	check(4, 36)
	check(15, 45) // overdue: about to end, and the others will be as slow
	r.end(at(20))
	check(20, 60) // the plan was wrong, each takes 20 s
	check(25, 55)
	r.end(at(30))
	r.end(at(60))
	check(60, 20)
	check(90, 0)
	r.end(at(91))
	check(91, 0)
}

// The bar must never keep a run from ending, whatever state it is in. A hang shows as a deadlock of the bubble.
func TestProgressCloses(t *testing.T) {
	for name, use := range map[string]func(*progress){
		"untouched": func(*progress) {},
		"half way": func(p *progress) {
			p.begin("a")
			time.Sleep(time.Second)
			p.end()
			p.begin("b")
			time.Sleep(time.Second)
		},
		"full": func(p *progress) { p.end(); p.end(); p.end() },
		"overfull": func(p *progress) {
			p.end()
			p.end()
			p.end()
			p.end()
			time.Sleep(time.Second)
			p.end()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProgress(&locked{}, true, 3, 0, time.Minute)
				use(p)
				p.close()
			})
		})
	}
}

func TestProgressShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w locked
		p := newProgress(&w, true, 12, 2, 50*time.Second)
		p.begin("exponential, 8MiB parts")
		time.Sleep(10 * time.Second)
		shown := w.String()
		p.close()
		for _, want := range []string{"trial 2/12", "exponential, 8MiB parts", "50s left", "45s left"} {
			if !strings.Contains(shown, want) {
				t.Errorf("the bar never shows %q:\n%s", want, shown)
			}
		}
	})
}

func TestNoProgress(t *testing.T) {
	for name, p := range map[string]*progress{
		"not wanted":    newProgress(&locked{}, false, 3, 0, time.Minute),
		"nothing to do": newProgress(&locked{}, true, 3, 3, 0),
	} {
		if p != nil {
			t.Errorf("%s: got a bar", name)
		}
		p.begin("a")
		p.end()
		p.close()
	}
}

// locked is a buffer that may be read while the bar is drawn into it.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// The trial under way is named in the words of its workload, as in the report.
func TestCellOf(t *testing.T) {
	trial := runner.Trial{PartSize: 8 << 20, Concurrency: 4}
	for name, want := range map[string]string{"storm": "8MiB parts, 4 in flight", "calls": "calls of 8MiB on average", "fleet-quota": "calls of 8MiB"} {
		s, err := loadScenario(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := cellOf(s, trial); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
