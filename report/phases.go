package report

import (
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// phaseColumn is a numeric column of phases.csv.
type phaseColumn struct {
	name string
	get  func(p *record.PhaseRow) *float64 // nil: it has no value
	// censored says that the value is a lower limit; nil: it never is.
	censored func(p *record.PhaseRow) bool
}

var phaseColumns = []phaseColumn{
	{name: "goodput_mib_s", get: func(p *record.PhaseRow) *float64 { return &p.GoodputMiBs }},
	{name: "throughput_mib_s", get: func(p *record.PhaseRow) *float64 { return &p.ThroughputMiBs }},
	phaseCount("calls", func(p *record.PhaseRow) int { return p.Calls }),
	phaseCount("failed_calls", func(p *record.PhaseRow) int { return p.FailedCalls }),
	phaseCount("attempts", func(p *record.PhaseRow) int { return p.Attempts }),
	phaseCount("retries", func(p *record.PhaseRow) int { return p.Retries }),
	{name: "amplification", get: func(p *record.PhaseRow) *float64 { return p.Amplification }},
	phaseCount("throttled", func(p *record.PhaseRow) int { return p.Throttled }),
	phaseCount("early", func(p *record.PhaseRow) int { return p.Early }),
	phaseCount("wasted_bytes", func(p *record.PhaseRow) int { return int(p.WastedBytes) }),
	{"p50_s", func(p *record.PhaseRow) *float64 { return p.P50S }, func(p *record.PhaseRow) bool { return p.P50Censored }},
	{"p95_s", func(p *record.PhaseRow) *float64 { return p.P95S }, func(p *record.PhaseRow) bool { return p.P95Censored }},
	{"p99_s", func(p *record.PhaseRow) *float64 { return p.P99S }, func(p *record.PhaseRow) bool { return p.P99Censored }},
	phaseCount("cut_off", func(p *record.PhaseRow) int { return p.CutOff }),
}

func phaseCount(name string, get func(p *record.PhaseRow) int) phaseColumn {
	return phaseColumn{name: name, get: func(p *record.PhaseRow) *float64 { v := float64(get(p)); return &v }}
}

// PhaseMetrics lists the metrics that are known phase by phase.
func PhaseMetrics() []string {
	names := make([]string, len(phaseColumns))
	for i, c := range phaseColumns {
		names[i] = c.name
	}
	return names
}

// phasesOf sums the phases of several trials up, in the order in which they come first.
func phasesOf(r *Run, trials []*record.Trial) []RowPhase {
	var names []string
	rows := map[string][]*record.PhaseRow{}
	for _, t := range trials {
		for i := range r.Phases[t.Trial] {
			p := &r.Phases[t.Trial][i]
			if !slices.Contains(names, p.Phase) {
				names = append(names, p.Phase)
			}
			rows[p.Phase] = append(rows[p.Phase], p)
		}
	}
	var out []RowPhase
	for _, name := range names {
		phase := RowPhase{Name: name, Values: map[string]Stat{}, wrong: map[string][]float64{}}
		for _, c := range phaseColumns {
			var samples []sample
			for _, p := range rows[name] {
				if v := c.get(p); v != nil {
					samples = append(samples, sample{*v, c.censored != nil && c.censored(p)})
				}
			}
			if len(samples) > 0 {
				phase.Values[c.name] = statOf(samples)
				keepWrong(phase.wrong, c.name, samples)
			}
		}
		out = append(out, phase)
	}
	return out
}
