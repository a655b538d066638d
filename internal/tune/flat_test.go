package tune

import (
	"slices"
	"strings"
	"testing"
)

// A plateau is reported as what it is: along attempts and jitter all is the same, along base it is within a band.
func TestFlat(t *testing.T) {
	plateau := func(base, _ float64) float64 {
		if base >= 0.1 && base <= 2 {
			return 1
		}
		return 0.5
	}
	_, a := searched(t, &made{seed: 1, noise: 0.005, speed: plateau}, 300)
	for _, f := range a.Flat {
		switch f.Name {
		case "base":
			low, _ := f.Dim.Number(f.From)
			high, _ := f.Dim.Number(f.To)
			if f.Flat || low < 0.1 || high > 2 || high/low < 3 {
				t.Errorf("base is as good from %s to %s (flat: %v), want most of 100ms to 2s", f.From, f.To, f.Flat)
			}
			low, _ = f.Dim.Number(f.AnyFrom)
			high, _ = f.Dim.Number(f.AnyTo)
			if low < 0.1 || high > 2 || high/low < 10 {
				t.Errorf("base is as good from %s to %s in all settings, want nearly 100ms to 2s", f.AnyFrom, f.AnyTo)
			}
		case "attempts":
			if !f.Flat || f.From != "2" || f.To != "30" {
				t.Errorf("attempts matter from %s to %s, flat is %v; want all of 2 to 30", f.From, f.To, f.Flat)
			}
		case "jitter":
			if !f.Flat || !slices.Equal(f.Alone, []string{"none", "full"}) || len(f.Any) != 2 {
				t.Errorf("jitter: %+v, want both to do as well", f)
			}
		}
	}
	if len(a.Flat) != 3 {
		t.Errorf("%d parameters, want 3", len(a.Flat))
	}
}

// Where there is much noise the words are careful, and where there is none they are not; how many seeds they rest on is told.
func TestFlatEvidence(t *testing.T) {
	for _, tt := range []struct {
		noise  float64
		unsure bool
	}{{0.0005, false}, {0.3, true}} {
		f, a := searched(t, &made{seed: 1, noise: tt.noise, speed: level}, 300)
		for _, fl := range a.Flat {
			if (fl.By.Unsure > 0) != tt.unsure || fl.By.Fewest < 2 || fl.By.Most > len(f.Fresh)+len(f.Seeds) {
				t.Errorf("noise %v: %s is known by %+v, unsure should be %v", tt.noise, fl.Name, fl.By, tt.unsure)
			}
			if text := fl.String(); strings.Contains(text, "seem") != tt.unsure || !strings.Contains(text, " seeds") {
				t.Errorf("noise %v: %q", tt.noise, text)
			}
		}
	}
	f := &Found{Config: Config{Prefer: Preferences()[0]}, Seeds: []int{1, 2}, Fresh: []int{3, 4, 5, 6}}
	lucky, other := &Candidate{Results: map[int]Result{}}, &Candidate{Results: map[int]Result{}}
	for s := 1; s <= 6; s++ {
		lucky.Results[s] = Result{Speed: []float64{0, 2, 2, 1, 1, 1, 1}[s], Amplification: 1, RecoveryS: -1, Objects: 1}
		other.Results[s] = Result{Speed: 1, Amplification: 1, RecoveryS: -1, Objects: 1}
	}
	if !f.near(other, lucky) || !f.sure(other, lucky, asGood) {
		t.Error("the luck of the search counts against another setting, although both have fresh seeds")
	}
}
