package faultserver

import (
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// Trigger acts while the server's own load is high.
type Trigger struct {
	// On is in_flight (attempts under way), connections, rate (attempts per second), bytes_per_s (of request bodies) or
	// error_share (of the answers, 0 to 1), the last three over the last second.
	On    string  `yaml:"on" json:"on" jsonschema:"description=What is watched. The last three over the last second.,enum=in_flight,enum=connections,enum=rate,enum=bytes_per_s,enum=error_share"`
	Above float64 `yaml:"above" json:"above" jsonschema:"description=It begins to act when the load is more than this."`
	// Below ends it. Zero: Above.
	Below float64 `yaml:"below,omitempty" json:"below,omitempty" jsonschema:"description=It ends when the load is not more than this. Left out: as above."`
	// For is how long it acts at least.
	For units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=How long it acts at least."`
}

func (t *Trigger) check() error {
	if t.Below > t.Above {
		return faults.Wrong("trigger.below", "%v is more than above, %v", t.Below, t.Above)
	}
	return nil
}

type trigger struct {
	Trigger
	load  func() load
	mu    sync.Mutex
	on    bool
	since time.Duration
}

func (t *trigger) holds(at time.Duration, _ *faults.Exchange, _ func(byte) float64) bool {
	now := t.load().of(t.On)
	t.mu.Lock()
	defer t.mu.Unlock()
	end := t.Below
	if end == 0 {
		end = t.Above
	}
	switch {
	case !t.on && now > t.Above:
		t.on, t.since = true, at
	case t.on && now <= end && at-t.since >= t.For.D():
		t.on = false
	}
	return t.on
}

// load is what the server has to do.
type load struct {
	inFlight, connections   int
	attempts, bytes, errors float64 // of the last second
	answers                 float64
}

func (l load) of(what string) float64 {
	switch what {
	case "in_flight":
		return float64(l.inFlight)
	case "connections":
		return float64(l.connections)
	case "rate":
		return l.attempts
	case "bytes_per_s":
		return l.bytes
	}
	return l.errors / max(l.answers, 1)
}

// meter counts over the last second, by tenths. Its owner guards it.
type meter struct {
	tenths [10]struct{ attempts, bytes, errors, answers float64 }
	at     int64 // the tenth that is counted now
}

const tenth = 100 * time.Millisecond

// turn goes on to the tenth that a moment is in.
func (m *meter) turn(at time.Duration) int {
	now := int64(at / tenth)
	for i := int64(0); m.at < now && i < 10; i++ {
		m.at++
		clear(m.tenths[m.at%10 : m.at%10+1])
	}
	m.at = max(m.at, now)
	return int(m.at % 10)
}

func (m *meter) sum(at time.Duration, l *load) {
	m.turn(at)
	for _, t := range m.tenths {
		l.attempts += t.attempts
		l.bytes += t.bytes
		l.errors += t.errors
		l.answers += t.answers
	}
}

// Load is what the server has to do.
type Load struct{ InFlight, Connections int }

// LoadNow returns it.
func (s *Server) LoadNow() Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Load{s.active, len(s.conns)}
}

// load is the server's, now.
func (s *Server) load() load {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := load{inFlight: s.active, connections: len(s.conns)}
	s.meter.sum(s.sinceStart(time.Now()), &l)
	return l
}
