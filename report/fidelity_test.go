package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// clocks makes two runs of n pairs; change makes the virtual one differ.
func clocks(n int, change func(i int, t *record.Trial)) (real, virtual *Run) {
	real, virtual = &Run{}, &Run{}
	for i := range n {
		recovery := 1.0 + float64(i)/10
		t := record.Trial{
			Trial: i + 1, Contestant: "a", PartSize: 5 << 20, Concurrency: 4, Seed: uint64(i), Status: record.TrialOK,
			GoodputMiBs: 50 + float64(i), Attempts: 1000 + i, Amplification: 1.5, Throttled: 200 + i, RecoveryS: &recovery,
		}
		real.Trials = append(real.Trials, t)
		v := t
		change(i, &v)
		virtual.Trials = append([]record.Trial{v}, virtual.Trials...) // the order does not matter
	}
	return real, virtual
}

func verdicts(t *testing.T, real, virtual *Run) map[string]bool {
	t.Helper()
	rows, err := Fidelity(real, virtual)
	if err != nil {
		t.Fatal(err)
	}
	same := map[string]bool{}
	for _, r := range rows {
		same[r.Metric] = r.Same
		if r.Low > r.Ratio || r.High < r.Ratio {
			t.Errorf("%s: %v lies outside of %v to %v", r.Metric, r.Ratio, r.Low, r.High)
		}
	}
	return same
}

func TestFidelity(t *testing.T) {
	real, virtual := clocks(10, func(i int, v *record.Trial) {
		v.GoodputMiBs *= 1 + 0.01*float64(i%3-1) // within the bounds, whatever the seed
		v.Attempts += 100                        // ten percent more
		v.Throttled += 80 * (i%2*2 - 1)          // the same on average, but nobody can be sure
	})
	got := verdicts(t, real, virtual)
	want := map[string]bool{"goodput": true, "attempts": false, "amplification": true, "throttled": false, "early": true, "recovery": true}
	for m, same := range want {
		if got[m] != same {
			t.Errorf("%s: same is %v, want %v", m, got[m], same)
		}
	}
	if len(got) != len(want) {
		t.Errorf("compared %v", got)
	}
}

func TestFidelityRecovery(t *testing.T) {
	real, virtual := clocks(6, func(i int, v *record.Trial) {
		late := *v.RecoveryS + 0.7
		v.RecoveryS = &late
		v.RecoveryCensored = i == 0
	})
	if verdicts(t, real, virtual)["recovery"] {
		t.Error("never on one clock is the same")
	}
	real, virtual = clocks(6, func(_ int, v *record.Trial) {
		late := *v.RecoveryS + 0.7
		v.RecoveryS = &late
	})
	if verdicts(t, real, virtual)["recovery"] {
		t.Error("0.7 s later is the same")
	}
}

func TestFidelityNeedsPairs(t *testing.T) {
	for name, change := range map[string]func(int, *record.Trial){
		"other seeds": func(_ int, v *record.Trial) { v.Seed += 100 },
		"failed":      func(i int, v *record.Trial) { v.Status = record.TrialFailed },
		"one pair": func(i int, v *record.Trial) {
			if i > 0 {
				v.Status = record.TrialFailed
			}
		},
	} {
		real, virtual := clocks(3, change)
		if _, err := Fidelity(real, virtual); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFidelityTable(t *testing.T) {
	real, virtual := clocks(4, func(_ int, v *record.Trial) { v.Attempts *= 2 })
	rows, err := Fidelity(real, virtual)
	if err != nil {
		t.Fatal(err)
	}
	for _, markdown := range []bool{false, true} {
		var b strings.Builder
		if err := FidelityTable(&b, rows, markdown); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); !strings.Contains(s, "2.000 to 2.000") || !strings.Contains(s, "NO") || !strings.Contains(s, "+0.00 s") {
			t.Errorf("printed\n%s", s)
		}
	}
}
