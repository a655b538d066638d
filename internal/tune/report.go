package tune

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/scenarios"
)

// Report is what people read about a search: it holds all that the views show, in JSON as it is.
type Report struct {
	Scenario   string         `json:"scenario"`
	Clock      string         `json:"clock"`
	Seed       uint64         `json:"seed"`
	Preference PreferenceView `json:"preference"`
	Searched   []SpaceView    `json:"searched"`
	Settings   int            `json:"settings"`     // that were measured
	Measured   int            `json:"measurements"` // settings × seeds
	Fresh      int            `json:"fresh_seeds"`
	Verdict    string         `json:"verdict"` // a sentence
	// Recommend is what to set; nil: nothing, since the real clock contradicts what the search came to, and confirms nothing else.
	Recommend *Row `json:"recommended"`
	// Withdrawn is what the search came to, where the real clock contradicts it. How sure and how flat it is, and all values, are of it then.
	Withdrawn *Row         `json:"withdrawn,omitempty"`
	Kept      bool         `json:"kept"` // what the search came to is what was there before
	Best      *Row         `json:"best,omitempty"`
	Challenge *VersusView  `json:"challenge,omitempty"` // the best found against what is kept
	Wins      float64      `json:"wins"`
	Close     float64      `json:"close"`
	Baselines []VersusView `json:"baselines"`
	RunnerUp  *VersusView  `json:"runner_up,omitempty"`
	Pareto    []Row        `json:"pareto"`
	Finalists []Row        `json:"finalists"`
	Flatness  []Flatness   `json:"flatness"`
	Confirm   *ConfirmView `json:"confirmation,omitempty"`
	Forms     []Form       `json:"forms"`
	Notes     []string     `json:"notes,omitempty"`
	calls     bool         // so the speed is another
	recovers  bool         // there is trouble to recover from
	guessed   bool         // and some settings have a recovery that is not known
}

// PreferenceView is a preference in words.
type PreferenceView struct {
	Name    string `json:"name"`
	Formula string `json:"formula"`
	Summary string `json:"summary"`
}

// SpaceView is a contestant and what was searched of it.
type SpaceView struct {
	Contestant string            `json:"contestant"`
	Parameters []string          `json:"parameters"` // "base 10ms to 5s, log"
	Fixed      map[string]string `json:"fixed,omitempty"`
}

// Row is a setting and what it did.
type Row struct {
	Name        string `json:"name"`
	Role        Role   `json:"role,omitempty"`
	As          string `json:"as,omitempty"`
	Setting            // what to set
	Summary            // what it did
	OnFront     bool   `json:"pareto"`
	Recommended bool   `json:"recommended"`
	Withdrawn   bool   `json:"withdrawn,omitempty"` // the search came to it, and the real clock contradicts
	Confirmed   bool   `json:"confirmed"`           // it was measured on the real clock, whatever came of it
	// Value is how much its value is above that of what the search came to, over all seeds: −0.1 is 10 % less.
	Value Interval `json:"value"`
	// against says that it is the one that the values of the others are compared with.
	against bool
}

// VersusView compares the recommendation with another setting.
type VersusView struct {
	Name      string   `json:"name"`
	Role      Role     `json:"role,omitempty"`
	As        string   `json:"as,omitempty"`
	Setting   string   `json:"setting"`
	Advantage Interval `json:"advantage"`
	Loses     bool     `json:"loses_uploads,omitempty"`        // or gets nothing through
	Nothing   bool     `json:"gets_nothing_through,omitempty"` // with a seed, and loses none
	Shown     bool     `json:"shown"`
}

// ConfirmView is what the real clock said.
type ConfirmView struct {
	Clock     string       `json:"clock"`
	Repeats   int          `json:"repeats"`
	Verdict   string       `json:"verdict"`
	Why       string       `json:"why"`
	Speed     Interval     `json:"speed"` // the recommendation's there ÷ in the search, less one
	Baselines []VersusView `json:"baselines"`
	Rows      []Row        `json:"rows"`
}

// About is what a report tells of the circumstances.
type About struct {
	Scenario *scenarios.Scenario
	Clock    string
	Notes    []string
}

// NewReport puts a report together. c may be nil.
func NewReport(f *Found, a *Advice, c *Confirmation, about About) *Report {
	r := &Report{
		Scenario: about.Scenario.Name, Clock: about.Clock, Seed: f.Seed, Fresh: len(f.Fresh), Kept: a.Kept, Wins: a.Wins, Close: a.Close, Flatness: a.Flat,
		Preference: PreferenceView{f.Prefer.Name, f.Prefer.Formula(), f.Prefer.Summary}, Notes: about.Notes,
		calls: about.Scenario.Workload.Kind == scenarios.KindCalls, Baselines: []VersusView{}, Forms: []Form{},
	}
	for _, s := range f.Spaces {
		v := SpaceView{Contestant: s.Contestant, Fixed: s.Fixed}
		for _, d := range s.Dims {
			v.Parameters = append(v.Parameters, d.Name+" "+d.Search.String())
		}
		r.Searched = append(r.Searched, v)
	}
	for _, cand := range f.Candidates {
		r.Settings++
		r.Measured += len(cand.Results)
	}
	final := a.Recommended.ID // of what is recommended in the end; 0: nothing
	if c != nil && c.Verdict == Contradicts {
		if final = 0; c.Instead != nil {
			final = c.Instead.ID
		}
	}
	again := func(id int) int {
		if c == nil {
			return -1
		}
		return slices.IndexFunc(c.Candidates, func(o *Candidate) bool { return o.ID == id })
	}
	all := f.all()
	for _, cand := range f.Finalists {
		row := rowOf(cand, all)
		row.OnFront, row.against = slices.Contains(a.Front, cand), cand == a.Recommended
		row.Recommended, row.Withdrawn, row.Confirmed = cand.ID == final, row.against && cand.ID != final, again(cand.ID) >= 0 || about.Clock != "virtual"
		row.Value = f.Prefer.advantage(cand, a.Recommended, all, f.Seed)
		r.recovers, r.guessed = r.recovers || row.RecoveryS != nil, r.guessed || row.Guessed > 0
		r.Finalists = append(r.Finalists, row)
		if row.OnFront {
			r.Pareto = append(r.Pareto, row)
		}
		if row.Recommended {
			w := about.Scenario.Workload
			row.Kind, row.Do = w.Kind, w.Do
			r.Recommend, r.Forms = &row, Forms(row.Setting)
		}
		if row.Withdrawn {
			r.Withdrawn = &row
		}
		if cand == a.Best && a.Best != a.Recommended {
			r.Best = &row
		}
	}
	for _, v := range a.Baselines {
		r.Baselines = append(r.Baselines, viewOf(v))
	}
	if a.RunnerUp != nil {
		v := viewOf(*a.RunnerUp)
		r.RunnerUp = &v
	}
	if a.Challenge != nil {
		v := viewOf(*a.Challenge)
		v.Name, v.Role, v.Setting = a.Best.Name, a.Best.Role, a.Best.Setting.String()
		r.Challenge = &v
	}
	if c != nil {
		r.Confirm = &ConfirmView{Clock: c.Clock, Repeats: len(c.Seeds), Verdict: c.Verdict, Why: c.Why, Speed: c.Speed}
		for _, v := range c.Baselines {
			r.Confirm.Baselines = append(r.Confirm.Baselines, viewOf(v))
		}
		mine := c.Candidates[again(a.Recommended.ID)]
		for _, cand := range c.Candidates {
			row := rowOf(cand, c.Seeds)
			r.guessed = r.guessed || row.Guessed > 0
			row.against, row.Recommended, row.Confirmed = cand == mine, cand.ID == final, true
			row.Withdrawn, row.Value = row.against && !row.Recommended, f.Prefer.advantage(cand, mine, c.Seeds, f.Seed)
			r.Confirm.Rows = append(r.Confirm.Rows, row)
		}
	}
	r.Verdict = r.verdict()
	return r
}

func rowOf(c *Candidate, seeds []int) Row {
	return Row{Name: c.Name, Role: c.Role, As: c.As, Setting: c.Setting, Summary: c.Sum(seeds)}
}

func viewOf(v Versus) VersusView {
	return VersusView{Name: v.With.Name, Role: v.With.Role, As: v.With.As, Setting: v.With.Setting.String(), Advantage: v.Advantage, Loses: v.Loses, Nothing: v.Nothing, Shown: v.Shown()}
}

// what names the other setting in a sentence.
func (v VersusView) what() string {
	if v.Role == Current {
		return "the scenario's " + v.As
	}
	return "the default"
}

// String says in words how much the parameter matters; first whether it does. What is not sure is said to seem so.
func (f Flatness) String() string {
	does, do, not := "does as well", "do equally well", "does not matter"
	if f.By.Unsure > 0 {
		does, do, not = "seems to do as well", "seem to do equally well", "is not shown to matter"
	}
	if f.Tried < 2 {
		return fmt.Sprintf("%s was not tried with other values", f.Set)
	}
	by := fmt.Sprintf(" (%d values, %s)", f.Tried, f.By)
	if few := f.few(does); few != "" {
		return few + by
	}
	if f.Dim.Search.Scale == contestants.OneOf {
		switch {
		case f.Flat:
			return fmt.Sprintf("%s: %s %s%s", not, strings.Join(f.Alone, ", "), do, by)
		case len(f.Alone) == 1:
			return fmt.Sprintf("matters: only %s %s%s", f.Alone[0], strings.Replace(does, "as", "so", 1), by)
		}
		return fmt.Sprintf("%s %s%s", strings.Join(f.Alone, ", "), do, by)
	}
	if f.Flat {
		return fmt.Sprintf("%s: anything from %s to %s %s%s", not, f.From, f.To, does, by)
	}
	text := fmt.Sprintf("anything from %s to %s %s", f.From, f.To, does)
	if f.From == f.To {
		text = fmt.Sprintf("matters: only %s %s", f.Set, strings.Replace(does, "as", "so", 1))
	}
	switch {
	case f.Below != "" && f.Above != "":
		text += fmt.Sprintf(", %s and %s do not", f.Below, f.Above)
	case f.Below+f.Above != "":
		text += fmt.Sprintf(", %s does not", f.Below+f.Above)
	}
	return text + by
}

// few says what is known after fewer than four values: nothing of those between and beyond. Empty: there are more, or all choices were tried.
func (f Flatness) few(does string) string {
	var good, bad []string
	if f.Dim.Search.Scale == contestants.OneOf {
		if f.Tried == len(f.Dim.Search.Choices) {
			return ""
		}
		good, bad = f.Alone, f.Worse
	} else {
		good = slices.Compact([]string{f.From, f.Set, f.To})
		for _, v := range []string{f.Below, f.Above} {
			if v != "" {
				bad = append(bad, v)
			}
		}
	}
	if f.Tried >= enough {
		return ""
	}
	if len(good) > 1 {
		does = strings.NewReplacer("does", "do", "seems", "seem").Replace(does)
	}
	text := and(good) + " " + does
	switch len(bad) {
	case 0:
	case 1:
		text += fmt.Sprintf(", %s does not", bad[0])
	default:
		text += fmt.Sprintf(", %s do not", and(bad))
	}
	if len(good)+len(bad) < f.Tried { // one beyond those
		return text
	}
	return text + "; nothing else was tried"
}

// and lists some words: "a, b and c".
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// among is the range over all settings that do as well.
func (f Flatness) among() string {
	if len(f.Any) > 0 {
		return strings.Join(f.Any, ", ")
	}
	if f.AnyFrom == f.AnyTo {
		return f.AnyFrom
	}
	return f.AnyFrom + " to " + f.AnyTo
}
