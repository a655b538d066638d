package tune

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
)

// bent is stormy on another clock, where some settings do worse.
type bent struct{ bend func(int, Setting, *Result) }

// Evaluate implements Evaluator.
func (e bent) Evaluate(ctx context.Context, round string, jobs []Job) error {
	if err := (stormy{}).Evaluate(ctx, round, jobs); err != nil {
		return err
	}
	for _, j := range jobs {
		for s, r := range j.Results {
			e.bend(s, j.Setting, &r)
			j.Results[s] = r
		}
	}
	return nil
}

func lose(r *Result) { r.Failed = 1 }

// What stands on top, what is set and the forms go by the real clock where it contradicts.
func TestContradicted(t *testing.T) {
	current := func(s Setting) bool { return s.With["attempts"] == "12" && s.With["base"] == "" }
	recommended := func(s Setting) bool { return s.With["attempts"] == "7" && s.With["base"] == "340ms" }
	for _, tt := range []struct {
		name    string
		bend    func(int, Setting, *Result)
		verdict string // its beginning
		want    Role   // of what is recommended
		nothing bool   // is
	}{
		{"it agrees", func(int, Setting, *Result) {}, "Set exponential with attempts 7, base 340ms, 4 in flight: it is better", Searched, false},
		{"it is open", func(seed int, s Setting, r *Result) {
			if recommended(s) {
				r.Speed *= []float64{0.5, 1.6}[seed%2]
			}
		}, "Set exponential with attempts 7, base 340ms, 4 in flight: it is better", Searched, false},
		{"another one holds", func(_ int, s Setting, r *Result) {
			if recommended(s) {
				lose(r)
			}
		}, "Set exponential with attempts 12, base 410ms, 4 in flight, which the real clock confirms: the search came to exponential with attempts 7", Searched, false},
		{"what was there before holds", func(_ int, s Setting, r *Result) {
			if !current(s) {
				lose(r)
			}
		}, "Keep exponential as the scenario has it (attempts 12, 4 in flight): the search came to exponential with attempts 7", Current, false},
		{"nothing holds", func(_ int, s Setting, r *Result) {
			if r.Failed = 1; recommended(s) {
				r.Failed = 4
			}
		}, "No verdict: the search came to exponential with attempts 7", Searched, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := confirmedReport(t, bent{tt.bend})
			if !strings.HasPrefix(r.Verdict, tt.verdict) {
				t.Errorf("the verdict is %q, want %q", r.Verdict, tt.verdict)
			}
			if (r.Recommend == nil) != tt.nothing || r.Recommend != nil && r.Recommend.Role != tt.want {
				t.Errorf("recommended is %+v", r.Recommend)
			}
			contradicted := r.Confirm.Verdict == Contradicts
			if contradicted != (r.Withdrawn != nil) || contradicted != strings.Contains(r.Verdict, "which the real clock contradicts") {
				t.Errorf("the verdict on the real clock is %q, and on top stands %q", r.Confirm.Verdict, r.Verdict)
			}
			if open := r.Confirm.Verdict == Open; open != strings.Contains(r.Verdict, "does not show it either") || open != (tt.name == "it is open") {
				t.Errorf("the verdict on the real clock is %q, and on top stands %q", r.Confirm.Verdict, r.Verdict)
			}
			marked := 0
			for _, row := range r.Finalists {
				if row.Recommended {
					marked++
				}
			}
			if (marked == 0) != tt.nothing || marked > 1 || (len(r.Forms) == 0) != tt.nothing {
				t.Errorf("%d are recommended, with %d forms", marked, len(r.Forms))
			}
			if r.Recommend != nil && len(r.Forms) > 0 && !strings.Contains(r.Forms[0].Text, `attempts: "`+r.Recommend.With["attempts"]+`"`) {
				t.Errorf("the forms are of another setting than the recommended one:\n%s", r.Forms[0].Text)
			}
			for _, format := range []string{"table", "markdown", "json"} {
				var b bytes.Buffer
				if err := r.Print(&b, format); err != nil {
					t.Fatal(err)
				}
				begin, _, _ := strings.Cut(r.Verdict, " ")
				if !strings.Contains(b.String(), begin) || contradicted != strings.Contains(b.String(), "CONTRADICTS") && format != "json" {
					t.Errorf("%s does not say so:\n%s", format, &b)
				}
			}
		})
	}
}

// All of the Pareto set is measured again, up to a number, and the rows that are not say so.
func TestConfirmsFront(t *testing.T) {
	f, a := &Found{}, &Advice{}
	for i := range 15 {
		c := &Candidate{ID: i + 1}
		if i > 12 {
			c.Role = Default
		}
		f.Finalists = append(f.Finalists, c)
	}
	a.Recommended, a.Best = f.Finalists[0], f.Finalists[0]
	ids := func() (list []int) {
		for _, c := range f.Confirms(a) {
			list = append(list, c.ID)
		}
		return list
	}
	a.Front = []*Candidate{f.Finalists[0], f.Finalists[5], f.Finalists[9]}
	if got, want := ids(), []int{1, 2, 3, 6, 10, 14, 15}; !slices.Equal(got, want) {
		t.Errorf("with two more in the Pareto set %v, want %v", got, want)
	}
	a.Front = f.Finalists[:2]
	if got, want := ids(), []int{1, 2, 3, 14, 15}; !slices.Equal(got, want) {
		t.Errorf("with one of the best in it %v, want %v", got, want)
	}
	a.Front = f.Finalists
	if got := ids(); len(got) != 1+MostConfirmed+2 {
		t.Errorf("with all in it %v, want %d and the recommendation and the baselines", got, MostConfirmed)
	}
	r := confirmedReport(t, stormy{0.05})
	seen := map[string]bool{}
	for _, row := range r.Confirm.Rows {
		seen[row.Name] = true
	}
	for _, row := range r.Finalists {
		if row.Confirmed != seen[row.Name] || row.OnFront && !seen[row.Name] {
			t.Errorf("%s: in the Pareto set %v, said to be confirmed %v, measured again %v", row.Name, row.OnFront, row.Confirmed, seen[row.Name])
		}
	}
	r.Finalists[1].Confirmed = false
	if cells := r.lines(r.Finalists); !strings.HasSuffix(cells[1][0], " ?") || strings.HasSuffix(cells[0][0], " ?") {
		t.Errorf("what is not confirmed is not marked: %q, %q", cells[0][0], cells[1][0])
	}
}

// Nobody sends less than one attempt for a call, and a seed of which the amplification is not known does not count.
func TestAmplificationBound(t *testing.T) {
	c := &Candidate{Results: map[int]Result{}}
	for s, a := range map[int]float64{1: 1, 2: 1, 3: 1.3, 4: 1, 5: 1, 6: 0} {
		c.Results[s] = Result{Speed: 1, Amplification: a, RecoveryS: -1, Objects: 1}
	}
	if a := c.Sum(nil).Amplification; a.Low != 1 || a.Value < 1.05 || a.Value > 1.06 {
		t.Errorf("the amplification is %+v, want 1.05 from 1", a)
	}
	few := &Candidate{Results: maps.Clone(c.Results)}
	maps.DeleteFunc(few.Results, func(s int, _ Result) bool { return s > 2 })
	if a := few.Sum(nil).Amplification; a.Low != 1 || a.High != unknown {
		t.Errorf("of two seeds it is %+v, want 1 to unknown", a)
	}
	broken := &Candidate{Results: map[int]Result{1: {RecoveryS: -1, Problem: "no server"}}}
	if row := (Row{Summary: broken.Sum(nil)}); row.amplification() != "–" {
		t.Errorf("what is not known is printed as %s", row.amplification())
	}
}
