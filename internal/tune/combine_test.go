package tune

import (
	"math"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func TestCombine(t *testing.T) {
	sec := func(v float64) *float64 { return &v }
	ok := record.Trial{Status: record.TrialOK, GoodputMiBs: 20, Amplification: 1, Objects: 2}
	other := record.Trial{Status: record.TrialOK, GoodputMiBs: 5, Amplification: 2, Objects: 2, FailedObjects: 1}
	troubled, censored := ok, ok
	troubled.RecoveryS = sec(1)
	censored.RecoveryS, censored.RecoveryCensored = sec(4), true
	broken := record.Trial{Status: record.TrialFailed, Problem: "no server"}
	call := record.Trial{Status: record.TrialOK, P95S: 0.25, Amplification: 1, Objects: 9, Calls: 9, Calls1: 7, Calls4Plus: 2}
	waiting := call // the slow ones were cut off
	waiting.P95Censored = true
	hangs := record.Trial{Status: record.TrialOK, P95S: 0.5, P95Censored: true, Amplification: 1, Objects: 9, Calls: 9}
	for _, tt := range []struct {
		name  string
		cells []record.Trial
		calls bool
		want  Result
	}{
		{"one", []record.Trial{ok}, false, Result{Speed: 20, Amplification: 1, RecoveryS: -1, Objects: 2}},
		{"two", []record.Trial{ok, other}, false, Result{Speed: 10, Amplification: math.Sqrt2, RecoveryS: -1, Objects: 4, Failed: 1}},
		{"recovery", []record.Trial{troubled, ok}, false, Result{Speed: 20, Amplification: 1, RecoveryS: 1, Objects: 4}},
		{"not recovered", []record.Trial{troubled, censored}, false, Result{Speed: 20, Amplification: 1, RecoveryS: 4.5, Objects: 4}},
		{"one broken", []record.Trial{other, broken}, false, Result{Speed: 0, Amplification: 2, RecoveryS: -1, Objects: 2, Failed: 1, Problem: "no server"}},
		{"broken", []record.Trial{broken}, false, Result{RecoveryS: -1, Problem: "no server"}},
		{"calls", []record.Trial{call}, true, Result{Speed: 4, Amplification: 1, RecoveryS: -1, Objects: 9}},
		{"calls, the slow ones cut off", []record.Trial{waiting}, true, Result{Speed: 2, Amplification: 1, RecoveryS: -1, Objects: 9}},
		{"calls, all cut off", []record.Trial{hangs}, true, Result{Speed: 0, Amplification: 1, RecoveryS: -1, Objects: 9}},
		{"calls, all cut off in one cell", []record.Trial{call, hangs}, true, Result{Speed: 0, Amplification: 1, RecoveryS: -1, Objects: 18}},
	} {
		got := Combine(tt.cells, tt.calls)
		if math.Abs(got.Speed-tt.want.Speed) > 1e-9 {
			t.Errorf("%s: speed %v, want %v", tt.name, got.Speed, tt.want.Speed)
		}
		if math.Abs(got.Amplification-tt.want.Amplification) > 1e-9 {
			t.Errorf("%s: amplification %v, want %v", tt.name, got.Amplification, tt.want.Amplification)
		}
		got.Speed, got.Amplification = tt.want.Speed, tt.want.Amplification
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// A broken trial counts as a lost upload, or fewer of them would look better.
func TestBrokenLoses(t *testing.T) {
	c := &Candidate{Results: map[int]Result{1: {Speed: 1, Objects: 2}, 2: {Problem: "broken"}}}
	if !c.loses([]int{1, 2}) || c.loses([]int{1}) {
		t.Error("a setting with a broken trial loses nothing")
	}
	if all, failed := c.objects([]int{1, 2}); all != 3 || failed != 1 {
		t.Errorf("%d of %d", failed, all)
	}
}

// Who gets nothing through loses nothing, as what is cut off is no failure; and yet it is no better than who loses something.
func TestNothingThroughLoses(t *testing.T) {
	hangs := &Candidate{ID: 1, Results: map[int]Result{1: {Speed: 1, Objects: 9}, 2: {Objects: 9}}}
	fails := &Candidate{ID: 2, Results: map[int]Result{1: {Speed: 1, Objects: 9, Failed: 1}, 2: {Speed: 1, Objects: 9}}}
	works := &Candidate{ID: 3, Results: map[int]Result{1: {Speed: 0.1, Objects: 9}, 2: {Speed: 0.1, Objects: 9}}}
	seeds := []int{1, 2}
	if !hangs.loses(seeds) || hangs.loses([]int{1}) || works.loses(seeds) {
		t.Error("a setting with which nothing got through loses nothing")
	}
	p := Preferences()[0]
	if p.before(fails, hangs, seeds) >= 0 || p.before(works, fails, seeds) >= 0 {
		t.Error("what gets nothing through goes before what loses one of nine")
	}
	if v := p.versus(works, hangs, seeds, seeds, 1); !v.Loses || !v.Nothing {
		t.Errorf("against what gets nothing through: %+v", v)
	}
	if v := p.versus(works, fails, seeds, seeds, 1); !v.Loses || v.Nothing {
		t.Errorf("against what loses one: %+v", v)
	}
}
