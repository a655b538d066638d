package tune

import (
	"strings"
	"testing"
)

// The default is kept where nobody set anything else, and set where the scenario has another setting, which was refused.
func TestVerdictKeeps(t *testing.T) {
	plain := Row{Name: "exponential@default", Role: Default, Setting: Setting{Contestant: "exponential"}}
	current := Row{Name: "exponential@scenario", Role: Current, Setting: Setting{Contestant: "exponential", With: map[string]string{"attempts": "12"}}}
	same := plain
	same.As = "exponential"
	other := current
	other.Contestant = "failsafe"
	best := Row{Name: "exponential@7", Setting: Setting{Contestant: "exponential", With: map[string]string{"attempts": "7"}}}
	for _, tt := range []struct {
		name      string
		recommend Row
		finalists []Row
		want      string
	}{
		{"the default, and nothing else was there", plain, []Row{best, plain}, "Keep exponential as it comes"},
		{"the default, which the scenario has", same, []Row{best, same}, "Keep exponential as it comes, which the scenario has too"},
		{"the default, and the scenario has another setting", plain, []Row{best, plain, current}, "Set exponential as it comes"},
		{"the default, and the scenario sets another contestant", plain, []Row{best, plain, other}, "Keep exponential as it comes"},
		{"the scenario's setting", current, []Row{best, plain, current}, "Keep exponential as the scenario has it"},
	} {
		r := &Report{Recommend: &tt.recommend, Finalists: tt.finalists, Kept: true, Best: &best, Challenge: &VersusView{}}
		if got := r.verdict(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		r.Kept, r.Withdrawn, r.Confirm = false, &best, &ConfirmView{Clock: "real", Verdict: Contradicts, Why: "it loses uploads there"}
		if got := r.verdict(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s, after the real clock: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What a setting is compared with may get nothing through, which is not the same as losing uploads, and is said.
func TestVerdictNothing(t *testing.T) {
	rec := Row{Name: "exponential@7", Setting: Setting{Contestant: "exponential"}, Summary: Summary{Speed: Interval{Value: 1}}}
	against := VersusView{Role: Default, Loses: true, Nothing: true}
	r := &Report{Recommend: &rec, Baselines: []VersusView{against}}
	if got, want := r.verdict(), "Set exponential with its defaults: it gets something through with every seed, unlike the default."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := advantage(against); !strings.Contains(got, "nothing gets through with that one") {
		t.Errorf("the advantage is %q", got)
	}
	rec.Speed.Value = 0
	if got := r.verdict(); !strings.Contains(got, "gets nothing through with some seeds itself") {
		t.Errorf("%q", got)
	}
}
