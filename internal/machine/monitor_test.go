package machine

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestMonitor(t *testing.T) {
	if _, ok := processorTime(); !ok {
		cannot(t, "this system does not tell")
	}
	m := Start()
	before := m.cpu
	for now := before; now < before+20*time.Millisecond; now, _ = processorTime() {
	}
	cpu, _ := m.Stop()
	if cpu == nil || *cpu <= 0 || *cpu > 1 {
		t.Errorf("share of the processors: %v", cpu)
	}
}

func TestMonitorShortOf(t *testing.T) {
	if _, ok := processorTime(); !ok {
		cannot(t, "this system does not tell")
	}
	idle := &Monitor{began: time.Now().Add(-time.Hour), known: true, over: make(chan struct{})}
	idle.cpu, _ = processorTime()
	if _, short := idle.Stop(); short != "" {
		t.Errorf("an idle process is short of %s", short)
	}
	files := &Monitor{began: time.Now().Add(-time.Hour), known: true, over: make(chan struct{}), files: 0.95}
	files.cpu, _ = processorTime()
	if _, short := files.Stop(); short != Files {
		t.Errorf("95 %% of the file descriptors: short of %q", short)
	}
	busy := &Monitor{began: time.Now(), known: true, over: make(chan struct{})}
	busy.cpu -= time.Duration(runtime.GOMAXPROCS(0)) * 24 * time.Hour
	if cpu, short := busy.Stop(); short != CPU || *cpu != 1 {
		t.Errorf("all processors: short of %q, share %v", short, *cpu)
	}
}

func TestMonitorCountsFiles(t *testing.T) {
	share, ok := filesInUse()
	if !ok {
		cannot(t, "this system does not tell")
	}
	if share <= 0 || share > 1 {
		t.Errorf("share of the file descriptors: %v", share)
	}
	var all sync.WaitGroup
	for range 4 { // any number at a time
		all.Go(func() { Start().Stop() })
	}
	all.Wait()
}

// cannot skips a test that this system has no means for, and fails it on Linux, which has them.
func cannot(t *testing.T, why any) {
	t.Helper()
	if runtime.GOOS == "linux" {
		t.Fatal(why)
	}
	t.Skip(why)
}
