package bubble

import (
	"testing"
	"testing/synctest"
	"time"
)

// Settle waits for those who came later, and not for those who were there.
func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := make(chan struct{})
		go func() { <-before }()
		synctest.Wait()
		start, here := time.Now(), Present()
		go time.Sleep(700 * time.Millisecond)
		here.Settle()
		if d := time.Since(start); d < 700*time.Millisecond || d > time.Second {
			t.Errorf("it waited for %v", d)
		}
		after := make(chan struct{})
		go func() { <-after }()
		start = time.Now()
		here.Settle()
		if d := time.Since(start); d != grace+time.Nanosecond {
			t.Errorf("it waited for %v for one that stays", d)
		}
		close(before)
		close(after)
	})
	start := time.Now()
	Present().Settle()
	if time.Since(start) > time.Second {
		t.Error("it waited outside of a bubble")
	}
}
