package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// OracleName is the name of the yardstick in results.
const OracleName = "oracle"

// Analyse makes numbers of a run. It never fails: what is missing has no number, and says so in the warnings.
func Analyse(r *Run) *Analysis {
	m := &r.Manifest
	a := &Analysis{
		Scenario: m.Scenario, Outcome: m.Outcome, Backend: m.Backend, Endpoint: m.Endpoint, Clock: m.Clock, Seed: m.Seed,
		Started: m.Started, Host: m.Host, Problem: m.Problem, Resolved: m.Resolved, Versions: m.Versions, Commands: m.Commands,
		WarmUpS: m.WarmUpS, Trials: len(r.Trials), Planned: m.Trials,
		Workload: workloadOf(m), Contestants: contestantsOf(r), Cells: []Cell{}, Overall: []Overall{}, Warnings: []Warning{},
	}
	trials := withEfficiency(r.Trials)
	type point struct {
		partSize    int64
		concurrency int
	}
	byPoint := map[point]map[string][]*record.Trial{}
	for i := range trials {
		t := &trials[i]
		p := point{t.PartSize, t.Concurrency}
		if byPoint[p] == nil {
			byPoint[p] = map[string][]*record.Trial{}
		}
		byPoint[p][t.Contestant] = append(byPoint[p][t.Contestant], t)
	}
	for p, contestants := range byPoint {
		c := Cell{Workload: a.Workload, PartSize: p.partSize, Concurrency: p.concurrency, Windows: []Window{}}
		bounds := map[seeded]sample{} // all contestants have the same
		for _, name := range a.Contestants {
			if len(contestants[name]) > 0 {
				c.Rows = append(c.Rows, rowOf(r, name, contestants[name]))
				a.Repeats = max(a.Repeats, len(contestants[name]))
			}
			for _, t := range contestants[name] {
				if t.BoundMiBs != nil {
					bounds[seeded{t.Repeat, t.Seed}] = sample{value: *t.BoundMiBs}
				}
				for _, w := range r.Windows[t.Trial] {
					if !slices.Contains(c.Windows, w) {
						c.Windows = append(c.Windows, w)
					}
				}
			}
		}
		slices.SortFunc(c.Windows, func(a, b Window) int { return cmp.Or(cmp.Compare(a.FromS, b.FromS), cmp.Compare(a.Name, b.Name)) })
		if c.Bound = statOf(slices.Collect(maps.Values(bounds))); c.Bound.N > 0 {
			c.BoundMiBs = &c.Bound.Median
		}
		for i := range c.Rows {
			_, _, end := strandsOf(r, good(contestants[c.Rows[i].Contestant]))
			c.EndS = max(c.EndS, end)
		}
		for i := range c.Rows {
			c.Rows[i].Tenths = tenthsOf(r, good(contestants[c.Rows[i].Contestant]), c.EndS)
		}
		rankRows(c.Rows)
		markFront(c.Rows)
		c.Alike = alike(c.Rows)
		a.Cells = append(a.Cells, c)
	}
	slices.SortFunc(a.Cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.PartSize, b.PartSize), cmp.Compare(a.Concurrency, b.Concurrency))
	})
	a.Overall = overall(a)
	addDeltas(a)
	a.Warnings = append(a.Warnings, warnings(a, r)...)
	a.Verdict = verdictOf(a)
	return a
}

// contestantsOf lists the contestants in the scenario's order, then others in the order of their trials, then the oracle.
func contestantsOf(r *Run) []string {
	names := []string{}
	add := func(name string) {
		if name != OracleName && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range r.Manifest.Contestants {
		add(name)
	}
	oracle := false
	for i := range r.Trials {
		add(r.Trials[i].Contestant)
		oracle = oracle || r.Trials[i].Contestant == OracleName
	}
	if oracle {
		names = append(names, OracleName)
	}
	return names
}

// withEfficiency fills in the efficiency of trials that ended before their oracle did: the oracle's goodput in the same
// cell and repeat, or its median where that trial did not count.
func withEfficiency(trials []record.Trial) []record.Trial {
	type key struct {
		partSize            int64
		concurrency, repeat int
	}
	exact := map[key]float64{}
	all := map[key][]sample{}
	for _, t := range trials {
		if t.Contestant == OracleName && t.Status == record.TrialOK {
			exact[key{t.PartSize, t.Concurrency, t.Repeat}] = t.GoodputMiBs
			k := key{t.PartSize, t.Concurrency, 0}
			all[k] = append(all[k], sample{value: t.GoodputMiBs})
		}
	}
	trials = slices.Clone(trials)
	for i := range trials {
		t := &trials[i]
		oracle, ok := exact[key{t.PartSize, t.Concurrency, t.Repeat}]
		if !ok {
			oracle = statOf(all[key{t.PartSize, t.Concurrency, 0}]).Median
		}
		if t.Efficiency == nil && t.Contestant != OracleName && oracle > 0 {
			e := t.GoodputMiBs / oracle
			t.OracleMiBs, t.Efficiency = &oracle, &e
		}
	}
	return trials
}

// good are the trials that count.
func good(trials []*record.Trial) []*record.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t *record.Trial) bool {
		return t.Status == record.TrialFailed || t.Status == record.TrialInvalid
	})
}

// rowOf sums up a contestant's trials in one cell.
func rowOf(r *Run, name string, trials []*record.Trial) Row {
	row := Row{Contestant: name, Oracle: name == OracleName, Values: map[string]Stat{}}
	counting := good(trials)
	for _, t := range trials {
		switch t.Status {
		case record.TrialFailed:
			row.Failed++
		case record.TrialInvalid:
			row.Invalid++
		default:
			if t.Saturated != "" {
				row.Saturated++
			}
			row.Objects += t.Objects
			row.FailedObjects += t.FailedObjects
			if t.CutOff != nil {
				row.CutOff += *t.CutOff
			}
			for i, n := range []int{t.Calls1, t.Calls2, t.Calls3, t.Calls4Plus} {
				row.Calls.By[i] += n
			}
			row.Calls.GaveUp += t.FailedCalls
		}
	}
	row.Trials = len(counting)
	row.wrong = map[string][]float64{}
	row.seeded = map[string]map[seeded]sample{}
	for _, metric := range append(slices.Clone(heatMetrics), "efficiency") {
		row.seeded[metric] = map[seeded]sample{}
	}
	for _, c := range columns {
		var samples []sample
		for _, t := range counting {
			if s, ok := c.get(t); ok {
				samples = append(samples, s)
				if m := row.seeded[c.Name]; m != nil {
					m[seeded{t.Repeat, t.Seed}] = s
				}
			}
		}
		if len(samples) > 0 {
			row.Values[c.Name] = statOf(samples)
			keepWrong(row.wrong, c.Name, samples)
		}
	}
	for _, t := range counting {
		row.goodput = append(row.goodput, t.GoodputMiBs)
		row.done, row.most = append(row.done, sample{value: doneOf(t)}), append(row.most, sample{value: mostOf(t)})
		row.bytes += float64(t.Bytes)
		row.unfinished += float64(t.UnfinishedBytes)
		row.lost = append(row.lost, [2]int{t.FailedObjects, t.Objects})
		if t.RecoveryUnknown != "" {
			if row.unknown == nil {
				row.unknown = map[string]int{}
			}
			row.unknown[t.RecoveryUnknown]++
		}
	}
	row.Phases = phasesOf(r, counting)
	row.Histograms = histogramsOf(r, counting)
	row.Latency = latenciesOf(row.Histograms, r, counting)
	row.BudgetS = budgetOf(counting)
	row.Series, row.Activity = seriesOf(r, counting), activityOf(r, counting)
	row.Back, row.Recoveries = backOf(r, counting), recoveriesOf(counting)
	row.ClientStats, row.ClientMiddle = clientsOf(r, counting)
	for _, s := range row.ClientStats {
		row.Clients = append(row.Clients, s.Median)
	}
	row.Herds, row.HerdPeak = herdsOf(r, counting)
	return row
}

// overall sums every contestant up over the cells.
func overall(a *Analysis) []Overall {
	all := []Overall{}
	for _, name := range a.Contestants {
		o := Overall{Contestant: name, Oracle: name == OracleName}
		var goodputs, efficiencies []map[seeded]sample
		for i := range a.Cells {
			for j := range a.Cells[i].Rows {
				row := &a.Cells[i].Rows[j]
				if row.Contestant != name {
					continue
				}
				o.Objects += row.Objects
				o.FailedObjects += row.FailedObjects
				if v := row.seeded[goodput]; len(v) > 0 {
					if goodputs = append(goodputs, v); len(goodputs) == 1 || len(v) < o.Repeats {
						o.Repeats = len(v)
					}
				}
				if v := row.seeded["efficiency"]; len(v) > 0 {
					efficiencies = append(efficiencies, v)
				}
			}
		}
		o.Cells = len(goodputs)
		if n := len(a.Cells); n > 0 && len(goodputs) == n {
			o.Goodput, o.GoodputInterval = meanOf(goodputs)
		}
		if n := len(a.Cells); n > 0 && len(efficiencies) == n {
			o.Efficiency, o.EfficiencyInterval = meanOf(efficiencies)
		}
		all = append(all, o)
	}
	rankOverall(all)
	return all
}
