package strategies

import (
	"testing"
	"time"
)

func TestSharedPause(t *testing.T) {
	g := &SharedPause{}
	now := time.Unix(1000, 0)
	a, b, other := &Call{Key: "host"}, &Call{Key: "host"}, &Call{Key: "elsewhere"}
	hint := func(d time.Duration) Outcome { return Outcome{Status: 503, Hint: Hint{Given: true, After: d}} }
	if !g.Admit(now, a).Go() {
		t.Error("paused before any hint")
	}
	g.Done(now, a, Outcome{Status: 500})
	g.Done(now, a, hint(0))
	if !g.Admit(now, b).Go() {
		t.Error("paused without being asked to wait")
	}
	g.Done(now, a, hint(2*time.Second))
	v := g.Admit(now.Add(500*time.Millisecond), b)
	if v.Go() || v.Wait != 1500*time.Millisecond || v.Changed == nil {
		t.Errorf("another call with the same key gets %+v", v)
	}
	if !g.Admit(now, other).Go() {
		t.Error("another key is paused too")
	}
	g.Done(now, b, hint(time.Second))
	select {
	case <-v.Changed:
		t.Error("a shorter pause was told to those who wait")
	default:
	}
	g.Done(now.Add(time.Second), b, hint(3*time.Second))
	select {
	case <-v.Changed:
	default:
		t.Error("a longer pause was not told to those who wait")
	}
	if v := g.Admit(now.Add(time.Second), a); v.Wait != 3*time.Second {
		t.Errorf("after a longer hint: %+v", v)
	}
	if !g.Admit(now.Add(4*time.Second), a).Go() {
		t.Error("paused after the end")
	}
}
