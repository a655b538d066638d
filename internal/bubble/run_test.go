package bubble

import (
	"errors"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func stuck(t *testing.T, err error) *StuckError {
	t.Helper()
	var s *StuckError
	if !errors.As(err, &s) {
		t.Fatalf("error %v is no *StuckError", err)
	}
	return s
}

func TestADayTakesNoTime(t *testing.T) {
	real := time.Now()
	err := Run(t, Limits{Virtual: 48 * time.Hour, Stall: time.Minute}, func() {
		start := time.Now()
		time.Sleep(24 * time.Hour)
		if d := time.Since(start); d != 24*time.Hour {
			t.Errorf("slept for %v", d)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(real); d > time.Minute {
		t.Errorf("a virtual day took %v", d)
	}
}

func waitForever(c chan int) { <-c }

func TestDeadlockNamesItsGoroutines(t *testing.T) {
	err := Run(t, Limits{Virtual: time.Hour}, func() {
		c := make(chan int)
		go waitForever(c)
		waitForever(c)
	})
	s := stuck(t, err)
	if !strings.Contains(s.Error(), "deadlock") || !strings.Contains(s.Error(), "waitForever") {
		t.Errorf("%v", s)
	}
	if len(s.Goroutines) != 2 {
		t.Errorf("%d goroutines are named, want 2: %v", len(s.Goroutines), s)
	}
}

func TestLeftoversAreNamed(t *testing.T) {
	err := Run(t, Limits{}, func() {
		go waitForever(make(chan int))
		go time.Sleep(time.Second) // ends in time
	})
	s := stuck(t, err)
	if len(s.Goroutines) != 1 || !strings.Contains(s.Error(), "waitForever") || !strings.Contains(s.Error(), "left behind") {
		t.Errorf("%v", s)
	}
}

// A goroutine that never lets virtual time move on is found by the real clock.
func TestStallIsReported(t *testing.T) {
	for stall := 300 * time.Millisecond; ; stall *= 4 {
		var end, begun atomic.Bool
		var got *StuckError
		early := false // on a busy machine it may be said before f has begun
		err := Run(t, Limits{Stall: stall, Stuck: func(s *StuckError) { got, early = s, !begun.Load(); end.Store(true) }}, func() {
			for begun.Store(true); !end.Load(); {
				time.Sleep(0)
			}
		})
		if err != nil {
			t.Error(err)
		}
		if early && stall < time.Minute {
			continue
		}
		if got == nil || !strings.Contains(got.Error(), "spins in one instant") || !strings.Contains(got.Error(), "TestStallIsReported") {
			t.Fatalf("got %v", got)
		}
		return
	}
}

func TestNoEndIsReported(t *testing.T) {
	var end atomic.Bool
	var got *StuckError
	err := Run(t, Limits{Virtual: time.Minute, Stuck: func(s *StuckError) { got = s; end.Store(true) }}, func() {
		for !end.Load() {
			time.Sleep(time.Millisecond)
		}
	})
	if err != nil {
		t.Error(err)
	}
	if got == nil || !strings.Contains(got.Error(), "no end after 1m0s of virtual time") {
		t.Fatalf("got %v", got)
	}
}

// Main in a program that is no test.
func TestMainRunsInAProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	exe := t.TempDir() + "/day"
	if out, err := exec.Command("go", "build", "-o", exe, "./testdata/day").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(exe, "--unknown-to-testing", "x").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Fatalf("ended with %v\n%s", err, out)
	}
	if string(out) != "24h0m0s\n24h0m0s\n" {
		t.Errorf("printed %q", out)
	}
}
