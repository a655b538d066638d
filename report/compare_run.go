package report

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// Compare compares two sides. The trial is the unit: a cell's trials are the sample. It fails only if an option names a metric that does
// not exist; what cannot be compared gets no verdict, and says why.
//
// docs/comparing.md describes the method.
func Compare(base, head Side, o CompareOptions) (*Comparison, error) {
	metrics, err := o.metricsOf()
	if err != nil {
		return nil, err
	}
	allBase, allHead := base, head
	base, baseAgain := allBase.once()
	head, headAgain := allHead.once()
	c := &Comparison{
		Base: infoOf(base), Head: infoOf(head), Threshold: cmp.Or(o.Threshold, DefaultThreshold), Alpha: cmp.Or(o.Alpha, DefaultAlpha),
		Changes: []Change{}, Gate: []GateCheck{}, Warnings: []Warning{}, Doubts: []string{}, Outcome: CompareNoVerdict,
	}
	if len(base.Runs) > 0 {
		c.Scenario = base.Runs[0].Manifest.Scenario
	}
	if !c.fit(allBase, allHead, &o) {
		return c, nil
	}
	for i, n := range []int{baseAgain, headAgain} {
		if n > 0 {
			c.warn("%d %s of the %s %s left out: in virtual time a seed gives the same trial every time, so each counts once",
				n, plural(n, "trial"), [2]string{"base", "head"}[i], were(n))
		}
	}
	c.endings(allBase, allHead, &o)
	c.changed(allBase, allHead)
	var all []both
	baseHas, _ := parametersOf(base)
	headHas, _ := parametersOf(head)
	for _, b := range gather(base, head) {
		_, first := baseHas[b.contestant]
		_, second := headHas[b.contestant]
		if first && second {
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		c.doubt("no trial of one side has a counterpart on the other")
		return c, nil
	}
	places := make([]*both, len(all))
	for i := range all {
		places[i] = &all[i]
	}
	nowhere := lose(places, allBase, allHead)
	for _, r := range slices.Concat(allBase.Runs, allHead.Runs) {
		if n := nowhere[r]; n > 0 && !o.AllowFailed {
			c.doubt("%d planned %s of %s %s not run, of cells that no run has: finish the run with --resume, or do without them with --allow-failed",
				n, plural(n, "trial"), clean(r.Dir), were(n))
		}
	}
	w := workloadOf(&base.Runs[0].Manifest)
	c.judge(all, metrics, w, &o)
	c.missingCells(all, w)
	c.hold(&o, base.Runs[0].Manifest.Unlimited && c.Base.Clock == clockVirtual)
	return c, nil
}

// CompareDamaged is a comparison that cannot be made since results are damaged: it has no verdict, and the errors say why. base and head are what
// is known of the sides.
func CompareDamaged(base, head Side, why ...error) *Comparison {
	c := &Comparison{
		Base: infoOf(base), Head: infoOf(head), Threshold: DefaultThreshold, Alpha: DefaultAlpha,
		Changes: []Change{}, Gate: []GateCheck{}, Warnings: []Warning{}, Doubts: []string{}, Outcome: CompareNoVerdict,
	}
	for _, s := range []Side{base, head} {
		if len(s.Runs) > 0 {
			c.Scenario = cmp.Or(c.Scenario, s.Runs[0].Manifest.Scenario)
		}
	}
	for _, err := range why {
		c.doubt("%s", clean(err.Error()))
	}
	return c
}

// missingCells doubts where a side has no trial that counts.
func (c *Comparison) missingCells(all []both, w Workload) {
	for i := range all {
		b := &all[i]
		for j, trials := range [][]*record.Trial{b.base, b.head} {
			if len(trials) == 0 {
				cell := Cell{Workload: w, PartSize: b.partSize, Concurrency: b.concurrency}
				c.doubt("%s has no trial that counts of %s with %s", [2]string{"the base", "the head"}[j], clean(b.contestant), cell.Name())
			}
		}
	}
}

func infoOf(s Side) SideInfo {
	info := SideInfo{Name: s.Name, Runs: len(s.Runs), Versions: map[string]string{}}
	for i, r := range s.Runs {
		if i == 0 {
			info.Clock, info.Host, info.Versions = r.Manifest.Clock, r.Manifest.Host, r.Manifest.Versions
		}
		for j := range r.Trials {
			if r.Trials[j].Contestant == OracleName {
				continue
			}
			if r.Trials[j].Status == record.TrialOK {
				info.Trials++
			} else {
				info.Left++
			}
		}
	}
	return info
}
