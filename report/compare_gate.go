package report

import (
	"fmt"
	"slices"
)

// GateCheck is what became of one rule of the gate.
type GateCheck struct {
	Rule string `json:"rule"`
	// Checked is how many changes it is about, Failed those that break it, and Open those of which nothing can be said.
	Checked int      `json:"checked"`
	Failed  []Broke  `json:"failed"`
	Open    int      `json:"open"`
	Result  string   `json:"result"` // Passed, Broken or NoData
	doubts  []string // why there is no verdict
}

// Broke is a change that broke a rule, as an index into Comparison.Changes, with a sentence that says so.
type Broke struct {
	Change int    `json:"change"`
	Text   string `json:"text"`
}

// hold holds the rules against the changes. Where goodput means nothing, the gate without rules is not about it, and a rule that is has
// nothing to go by.
func (c *Comparison) hold(o *CompareOptions, unlimited bool) {
	rules := o.Rules
	if rules == nil {
		c.Gate = append(c.Gate, c.holdDefault(o, unlimited))
	}
	for i := range rules {
		r := &rules[i]
		g := GateCheck{Rule: r.String(), Failed: []Broke{}}
		for j := range c.Changes {
			k := &c.Changes[j]
			if !r.matches(k) {
				continue
			}
			fails := r.fails(k, c.Alpha)
			_, beyond := r.beyond(k)
			g.see(j, k, fails, r.open(k, beyond && !fails), g.Rule)
		}
		if g.Checked == 0 {
			g.doubts = append(g.doubts, fmt.Sprintf("rule %s matches nothing: there is no such contestant, cell or value", g.Rule))
		} else {
			for _, what := range r.strays(c.Changes) {
				g.doubts = append(g.doubts, fmt.Sprintf("rule %s matches nothing of %s: mend the name, or take it out", g.Rule, what))
			}
		}
		if unlimited && r.Metric == goodput {
			g.doubts = append(g.doubts, fmt.Sprintf("rule %s is about goodput, which means nothing in virtual time where nothing limits the speed: "+
				"give the scenario a bandwidth, or the rule another metric", g.Rule))
		}
		g.settle()
		c.Gate = append(c.Gate, g)
	}
	if g := c.holdFailed(rules); g.Checked > 0 {
		c.Gate = append(c.Gate, g)
	}
	failed := false
	for i := range c.Gate {
		failed = failed || c.Gate[i].Result == Broken
		for _, d := range c.Gate[i].doubts {
			c.doubt("%s", d)
		}
	}
	switch {
	case failed:
		c.Outcome = CompareFailed
	case len(c.Doubts) > 0:
		c.Outcome = CompareNoVerdict
	default:
		c.Outcome = ComparePassed
	}
}

// holdDefault is the gate without rules: nothing that matters is worse.
func (c *Comparison) holdDefault(o *CompareOptions, unlimited bool) GateCheck {
	g := c.nothingWorse()
	names := DefaultGate()
	if unlimited {
		names = slices.DeleteFunc(names, func(name string) bool { return name == goodput })
	}
	if !slices.ContainsFunc(c.Changes, func(k Change) bool { return k.Metric == CutShare }) { // of uploads there is none
		names = slices.DeleteFunc(names, func(name string) bool { return name == CutShare })
	}
	for i, name := range names {
		sep := ","
		if i == 0 {
			sep = ""
		}
		g.Rule += sep + " " + shortMetric(name)
	}
	for j := range c.Changes {
		if k := &c.Changes[j]; slices.Contains(names, k.Metric) {
			// A mean over all cells has no verdict where a cell has none, which is said of the cell.
			g.see(j, k, k.Verdict == VerdictWorse, k.Verdict == VerdictNone && k.Cells == 0, "")
		}
	}
	if g.Checked == 0 || o.asksOthers() {
		g.doubts = append(g.doubts, "no metric of the gate was compared: leave --metric out, or say with --fail-on what fails")
	}
	g.settle()
	return g
}

// open reports whether nothing can be said of a rule and a change: there are no numbers to go by, or the change is beyond the rule's limit
// and of a kind that the test is blind to. The verdict's own limit is another one.
func (r *Rule) open(k *Change, beyond bool) bool {
	if k.unseen {
		return beyond
	}
	return k.Verdict == VerdictNone
}

// see counts a change that a rule is about: it fails, is open, or neither.
func (g *GateCheck) see(i int, k *Change, fails, open bool, rule string) {
	g.Checked++
	for _, text := range k.unsound {
		if !slices.Contains(g.doubts, text) {
			g.doubts = append(g.doubts, text)
		}
	}
	switch {
	case fails:
		text := k.Sentence()
		if rule != "" { // its limit is another one than the verdict's
			text = k.facts() + ": beyond the rule " + rule
		}
		g.Failed = append(g.Failed, Broke{i, text})
	case open:
		g.Open++
		why := k.Why
		if why == "" {
			why = k.whyUnseen()
		}
		g.doubts = append(g.doubts, fmt.Sprintf("%s: %s", k.Subject(), why))
	}
}

func (g *GateCheck) settle() {
	switch {
	case len(g.Failed) > 0:
		g.Result = Broken
	case len(g.doubts) > 0:
		g.Result = NoData
	default:
		g.Result = Passed
	}
}

// doubt notes why there is no verdict.
func (c *Comparison) doubt(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.Doubts, text) {
		c.Doubts = append(c.Doubts, text)
	}
}
