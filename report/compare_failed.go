package report

import (
	"fmt"
	"slices"
	"strings"
)

// nothingWorse is a check that is made without a rule.
func (c *Comparison) nothingWorse() GateCheck {
	return GateCheck{Rule: fmt.Sprintf("nothing worse by more than %s in", givenPercent(c.Threshold)), Failed: []Broke{}}
}

// holdFailed looks after the shares that failed or were cut off where rules are about other metrics alone: times and attempts are those of what succeeded, so
// losing everything would look like a gain. It is about the contestants and cells that the rules are about, and not about those for which a rule names the share.
func (c *Comparison) holdFailed(rules []Rule) GateCheck {
	g := c.nothingWorse()
	var names []string
	for i := range c.Changes {
		k := &c.Changes[i]
		about := func(r Rule) bool { return r.about(k) }
		named := func(r Rule) bool { return r.matches(k) }
		if slices.Contains(lostShares, k.Metric) && slices.ContainsFunc(rules, about) && !slices.ContainsFunc(rules, named) {
			g.see(i, k, k.Verdict == VerdictWorse, k.Verdict == VerdictNone, "")
			if name := shortMetric(k.Metric); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	g.Rule += " " + strings.Join(names, ", ")
	g.settle()
	return g
}

// about reports whether the rule is about the contestant and the cell of a change, whatever its metric. A mean over all cells is about each.
func (r Rule) about(k *Change) bool {
	r.Metric, r.OverCells = k.Metric, false
	return r.matches(k)
}

// asksOthers reports whether the metrics that are asked for leave out the whole gate that holds without rules.
func (o *CompareOptions) asksOthers() bool {
	return o.Metrics != nil && !slices.ContainsFunc(o.Metrics, func(name string) bool {
		m, ok := ComparedMetric(name)
		return ok && slices.Contains(DefaultGate(), m.Name)
	})
}
