package machine

import (
	"runtime"
	"sync"
	"time"
)

// What a client can be short of.
const (
	CPU   = "cpu"
	Files = "files"
)

const (
	// full is the share from which on there is too little of something.
	full = 0.9
	// every is how often file descriptors are counted.
	every = time.Second
)

// Monitor watches the process from Start to Stop.
type Monitor struct {
	began time.Time
	cpu   time.Duration
	known bool
	over  chan struct{}
	all   sync.WaitGroup

	files float64 // the greatest share so far; the goroutine's until it has ended
}

// Start begins to watch. Stop has to follow.
func Start() *Monitor {
	m := &Monitor{began: time.Now(), over: make(chan struct{})}
	m.cpu, m.known = processorTime()
	if _, ok := filesInUse(); ok {
		m.all.Go(m.watch)
	}
	return m
}

func (m *Monitor) watch() {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if share, ok := filesInUse(); ok {
			m.files = max(m.files, share)
		}
		select {
		case <-t.C:
		case <-m.over:
			return
		}
	}
}

// Stop returns the share of the processors that the process had since Start, from 0 to 1 (nil: not known), and what there was too
// little of; empty: nothing.
func (m *Monitor) Stop() (cpu *float64, shortOf string) {
	wall := time.Since(m.began)
	now, ok := processorTime()
	close(m.over)
	m.all.Wait()
	if m.known && ok && wall > 0 {
		share := min(1, (now-m.cpu).Seconds()/(wall.Seconds()*float64(runtime.GOMAXPROCS(0))))
		cpu = &share
	}
	switch {
	case cpu != nil && *cpu > full:
		return cpu, CPU
	case m.files > full:
		return cpu, Files
	}
	return cpu, ""
}
