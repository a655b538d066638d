package strategies

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// allGates are the gates by name, each with numbers that make it act in a short simulation.
var allGates = map[string]func() Gate{
	"none of its own": func() Gate { return &TokenBucket{} },
	"shared pause":    func() Gate { return &SharedPause{Jitter: 100 * time.Millisecond, Cap: 2 * time.Second} },
	"token bucket":    func() Gate { return &TokenBucket{Rate: 20, Burst: 3} },
	"token bucket of bytes": func() Gate {
		return &TokenBucket{Rate: 200, Burst: 10, Bytes: true}
	},
	"aimd rate":       func() Gate { return &AIMDRate{Start: 20} },
	"aws cubic":       func() Gate { return &AWSCubic{} },
	"sre throttle":    func() Gate { return &SREThrottle{Window: 5 * time.Second, MinRequests: -1} },
	"aimd limit":      func() Gate { return &AIMDLimit{Min: 1, Initial: 4, MaxQueue: 20} },
	"vegas limit":     func() Gate { return &VegasLimit{Initial: 4, MaxWait: time.Second} },
	"gradient2 limit": func() Gate { return &Gradient2Limit{Min: 1, Initial: 4, Window: -1} },
	"breaker": func() Gate {
		return &Breaker{Failures: 3, FailureRatio: 0.5, Slow: 200 * time.Millisecond, SlowRatio: 0.8}
	},
	"waiting breaker": func() Gate { return &Breaker{Wait: true, Probes: 2, Open: time.Second} },
	"bulkhead":        func() Gate { return &Bulkhead{Max: 4, MaxQueue: 10, MaxWait: 500 * time.Millisecond} },
	"narrow bulkhead": func() Gate { return &Bulkhead{Max: 1} },
	"server limits":   func() Gate { return &ServerLimits{} },
	"server limits unspread": func() Gate {
		return &ServerLimits{Spread: -1, MaxKeys: 1}
	},
	"per key": func() Gate {
		return &PerKey{MaxKeys: 1, New: func() Gate { return &Bulkhead{Max: 1, MaxWait: time.Second} }}
	},
}

// trouble ends attempts in all the ways there are.
func trouble(rnd *rand.Rand) Outcome {
	switch rnd.IntN(12) {
	case 0:
		return Outcome{}
	case 1:
		return Outcome{Err: context.Canceled}
	case 2:
		return Outcome{Err: os.ErrDeadlineExceeded}
	case 3:
		return Outcome{Err: net.ErrClosed}
	case 4:
		return Outcome{Status: 503, Code: "SlowDown"}
	case 5:
		return Outcome{Status: 429, Hint: Hint{Given: true, After: time.Duration(rnd.Int64N(int64(3 * time.Second)))}}
	case 6:
		return Outcome{Status: 500}
	case 7, 8:
		return Outcome{Status: 429 - 229*rnd.IntN(2), Hint: Hint{Limits: []Limit{anyLimit(rnd), anyLimit(rnd)}}}
	}
	return Outcome{Status: 200}
}

func anyLimit(rnd *rand.Rand) Limit {
	l := Limit{Policy: []string{"a", "b"}[rnd.IntN(2)], Unit: []string{"", UnitRequests, UnitContentBytes, UnitConcurrentRequests, "cats"}[rnd.IntN(5)]}
	if rnd.IntN(2) == 0 {
		l.Quota = rnd.Int64N(50)
	}
	if rnd.IntN(2) == 0 {
		l.Window = time.Duration(rnd.Int64N(4)) * time.Second
	}
	if rnd.IntN(3) > 0 {
		l.HasLeft, l.Left = true, rnd.Int64N(20)
	}
	l.Reset = time.Duration(rnd.Int64N(6)-1) * time.Second
	return l
}

// Whatever happens, everybody who does not leave is let through or refused, and nothing is left behind.
func TestGatesLeaveNobodyAsleep(t *testing.T) {
	for name, make := range allGates {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				calls, tie := simCalls(t, 60, 5*time.Second)
				for _, c := range calls {
					c.Key = []string{"a", "b", "c"}[tie.IntN(3)]
					if tie.IntN(5) == 0 {
						c.Deadline = simStart.Add(c.arrives + time.Duration(tie.Int64N(int64(time.Second))))
					}
				}
				s := &sim{gate: make(), calls: calls, tie: tie, answer: func(*simCall) Outcome { return trouble(tie) }}
				if rapid.Bool().Draw(t, "late") {
					s.late = 50 * time.Millisecond
				}
				if err := s.run(); err != nil {
					t.Fatal(err)
				}
				for _, q := range queuesOf(s.gate) {
					if q.n != 0 || len(q.known) != 0 || q.first != nil || q.last != nil {
						t.Fatalf("the queue keeps %d waiters and knows %d", q.n, len(q.known))
					}
				}
			})
		})
	}
}

// queuesOf are the queues of a gate, which must be empty in the end; places must be free.
func queuesOf(g Gate) []*queue {
	switch g := g.(type) {
	case *TokenBucket:
		return []*queue{&g.line.queue}
	case *AIMDRate:
		return []*queue{&g.line.queue}
	case *AWSCubic:
		return []*queue{&g.line.queue}
	case *Bulkhead:
		return slotQueue(&g.slots)
	case *PerKey:
		if len(g.waiting) != 0 {
			panic("attempts are known that wait no more")
		}
		var queues []*queue
		for _, e := range g.gates.of {
			queues = append(queues, queuesOf(e.value)...)
			if e.held != 0 {
				panic("a key is held")
			}
		}
		return queues
	case *AIMDLimit:
		return slotQueue(&g.shared.slots)
	case *VegasLimit:
		return slotQueue(&g.shared.slots)
	case *Gradient2Limit:
		return slotQueue(&g.shared.slots)
	case *Breaker:
		var queues []*queue
		for _, e := range g.circuits.of {
			queues = append(queues, &e.value.queue)
			if e.held != 0 {
				panic("the breaker holds a key")
			}
		}
		return queues
	case *ServerLimits:
		var queues []*queue
		for _, e := range g.keys.of {
			queues = append(queues, &e.value.queue)
			if e.held != 0 || e.value.inFlight != 0 || e.value.bytes != 0 {
				panic("the server's limits hold a key")
			}
		}
		return queues
	}
	return nil
}

func slotQueue(s *slots) []*queue {
	if s.used != 0 {
		panic("a place is taken for ever")
	}
	return []*queue{&s.queue}
}

// The same attempts get the same answers.
func TestGatesRepeat(t *testing.T) {
	for name, make := range allGates {
		run := func() (log []time.Duration) {
			rnd := rand.New(rand.NewPCG(3, 4))
			s := &sim{gate: make(), tie: rnd, answer: func(*simCall) Outcome { return trouble(rnd) }}
			for i := range 150 {
				s.calls = append(s.calls, &simCall{
					Call:    Call{Key: []string{"a", "b"}[i%2], Bytes: int64(i % 7), Rand: rnd},
					arrives: time.Duration(i) * 7 * time.Millisecond, takes: 100 * time.Millisecond,
					patience: time.Duration(i%3) * time.Second,
				})
			}
			if err := s.run(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, c := range s.calls {
				log = append(log, time.Duration(c.state), c.since.Sub(simStart))
			}
			return log
		}
		first := run()
		for range 2 {
			for i, d := range run() {
				if d != first[i] {
					t.Fatalf("%s: a repetition differs", name)
				}
			}
		}
	}
}
