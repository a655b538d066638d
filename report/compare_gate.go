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

// hold holds the rules against the changes.
func (c *Comparison) hold(rules []Rule) {
	if rules == nil {
		c.Gate = append(c.Gate, c.holdDefault())
	}
	for i := range rules {
		r := &rules[i]
		g := GateCheck{Rule: r.String(), Failed: []Broke{}}
		for j := range c.Changes {
			k := &c.Changes[j]
			if !r.matches(k) {
				continue
			}
			g.see(j, k, r.fails(k, c.Alpha), "rule "+g.Rule)
		}
		if g.Checked == 0 {
			g.doubts = append(g.doubts, fmt.Sprintf("rule %s matches nothing: there is no such contestant, cell or value", g.Rule))
		}
		g.settle()
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
func (c *Comparison) holdDefault() GateCheck {
	g := GateCheck{Rule: fmt.Sprintf("nothing worse by more than %s in", givenPercent(c.Threshold)), Failed: []Broke{}}
	names := DefaultGate()
	for i, name := range names {
		sep := ","
		if i == 0 {
			sep = ""
		}
		g.Rule += sep + " " + shortMetric(name)
	}
	for j := range c.Changes {
		if k := &c.Changes[j]; slices.Contains(names, k.Metric) {
			g.see(j, k, k.Verdict == VerdictWorse, "")
		}
	}
	if g.Checked == 0 {
		g.doubts = append(g.doubts, "no metric of the gate was compared: leave --metric out, or say with --fail-on what fails")
	}
	g.settle()
	return g
}

func (g *GateCheck) see(i int, k *Change, fails bool, rule string) {
	g.Checked++
	switch {
	case fails:
		text := k.Sentence()
		if rule != "" {
			text += " (" + rule + ")"
		}
		g.Failed = append(g.Failed, Broke{i, text})
	case k.Verdict == VerdictNone:
		g.Open++
		g.doubts = append(g.doubts, fmt.Sprintf("%s: %s", k.Subject(), k.Why))
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
