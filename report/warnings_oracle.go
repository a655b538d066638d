package report

import "fmt"

// oracleWarnings say that a cell's yardstick is too short, or is none. It is weak only if all of its interval is: an oracle that chance took a little
// from is none the worse.
func oracleWarnings(c *Cell, r *Run) (ws []Warning) {
	for _, row := range c.Rows {
		g := row.Stat("goodput_mib_s")
		if !row.Oracle || g.N == 0 {
			continue
		}
		if done := statOf(row.done); c.BoundMiBs != nil && statOf(row.most).High < weakOracle**c.BoundMiBs {
			so := "a weak yardstick, so efficiencies are too high"
			if r.troubled(c, row.Contestant) { // the bound leaves the windows out
				so = "a weak yardstick, or what the windows of trouble cost everybody"
			}
			ws = append(ws, Warning{Kind: WarnWeakOracle, Cell: c.Name(), Contestant: OracleName, Text: fmt.Sprintf(
				"reached %s of the %s MiB/s that quota and link allow (%s): %s",
				wideSpread(done), wideSpread(c.Bound), percent(done.Median / *c.BoundMiBs), so)})
		}
		return ws
	}
	if r.Manifest.Oracle {
		ws = append(ws, Warning{Kind: WarnNoOracle, Cell: c.Name(), Text: "no trial of the oracle counts, so there is no efficiency"})
	}
	return ws
}

// troubled reports whether a contestant was measured while a window of trouble was open, in any trial that counts.
func (r *Run) troubled(c *Cell, contestant string) bool {
	for _, t := range good(r.trialsOf(c)) {
		if t.Contestant != contestant {
			continue
		}
		for _, w := range r.Windows[t.Trial] {
			if w.FromS < r.endOf(t) && (w.ToS <= w.FromS || w.ToS > r.Manifest.WarmUpS) {
				return true
			}
		}
	}
	return false
}
