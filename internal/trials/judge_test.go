package trials

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// The language and the report know the same metrics, and the same units of them.
func TestMetricsAgree(t *testing.T) {
	if got, want := scenarios.Metrics(), report.Metrics(); !slices.Equal(got, want) {
		t.Errorf("scenarios know %v, the report %v", got, want)
	}
	if got, want := scenarios.PhaseMetrics(), report.PhaseMetrics(); !slices.Equal(got, want) {
		t.Errorf("of phases, scenarios know %v, the report %v", got, want)
	}
	// A value with the unit that the report names is taken, whatever the unit is.
	for _, name := range report.Metrics() {
		m, _ := report.MetricOf(name)
		if _, err := parse(t, name+" <= 5"+m.Unit); err != nil {
			t.Errorf("%s in %q: %v", name, m.Unit, err)
		}
	}
}

func parse(t *testing.T, thresholds ...string) (*scenarios.Scenario, error) {
	t.Helper()
	const src = `version: 1
name: x
workload: {object_size: 64MiB, part_size: 8MiB, concurrency: 4}
phases: [{name: calm, for: 2s}, {name: storm}]
contestants: [no-retry, exponential]
`
	return scenarios.Parse("x", []byte(src), []string{"thresholds=[" + strings.Join(thresholds, ", ") + "]"})
}

// A run has one cell here; numbers are those of its rows.
func results(trials int, rows ...report.Row) *report.Analysis {
	return &report.Analysis{Trials: trials, Cells: []report.Cell{{PartSize: 8 << 20, Concurrency: 4, Rows: rows}}}
}

func row(contestant string, values map[string]report.Stat, storm map[string]report.Stat) report.Row {
	return report.Row{Contestant: contestant, Values: values, Phases: []report.RowPhase{{Name: "storm", Values: storm}}}
}

func TestJudge(t *testing.T) {
	one := func(v float64) report.Stat { return report.Stat{Median: v, Min: v, Max: v, N: 1} }
	type stats = map[string]report.Stat
	good := row("no-retry", stats{"goodput_mib_s": one(50), "early": one(0)}, stats{"amplification": one(1.2)})
	idle := row("exponential", stats{"goodput_mib_s": one(0), "early": one(0)}, nil)
	four := func(v float64) report.Stat { s := one(v); s.N = 4; return s }
	slow := row("no-retry", stats{"goodput_mib_s": four(50), "early": four(0)}, nil)
	slow.Trials, slow.Saturated = 4, 2
	mostly := slow
	mostly.Saturated = 1
	sound := row("exponential", stats{"goodput_mib_s": one(40), "early": one(0)}, nil)
	for name, c := range map[string]struct {
		thresholds []string
		a          *report.Analysis
		want       string // of the error; empty: passed
		noVerdict  bool
	}{
		"kept":                          {[]string{"goodput >= 50", "amplification <= 1.2 in storm"}, results(1, good), "", false},
		"none":                          {nil, results(1, good), "", false},
		"broken":                        {[]string{"goodput > 50"}, results(1, good), "broken: goodput_mib_s of no-retry", false},
		"broken in a phase":             {[]string{"amplification < 1.2 in storm"}, results(1, good), "broken: amplification in storm of no-retry", false},
		"no data":                       {[]string{"p95 <= 3"}, results(1, good), "no data: p95_s of no-retry", false},
		"no data in a phase":            {[]string{"amplification <= 3 in storm"}, results(2, good, idle), "no data: amplification in storm of exponential", false},
		"a contestant that never ran":   {[]string{`"exponential: early <= 3"`}, results(1, good), "no data: early of exponential", false},
		"nothing got through":           {nil, results(1, idle), "no upload got through", true},
		"nothing, and kept":             {[]string{"early <= 0"}, results(1, idle), "no upload got through", true},
		"nothing, and broken":           {[]string{"goodput > 0"}, results(1, idle), "broken: goodput_mib_s of exponential", false},
		"short of processors, kept":     {[]string{"goodput >= 50"}, results(4, slow), "this machine was the bottleneck in 2 of 4 trials", true},
		"short of processors, broken":   {[]string{"goodput > 50"}, results(4, slow), "this machine was the bottleneck", true},
		"short in few trials":           {[]string{"goodput >= 50"}, results(4, mostly), "", false},
		"short, and not asked about it": {[]string{`"exponential: goodput >= 40"`}, results(8, slow, sound), "", false},
		"short, and another is broken":  {[]string{"goodput > 40"}, results(8, slow, sound), "broken: goodput_mib_s of exponential", false},
		"short, and without thresholds": {nil, results(4, slow), "", false},
		"no trial ended":                {[]string{"early <= 0"}, results(0), "no trial ended", true},
	} {
		s, err := parse(t, c.thresholds...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		err = Judge(s, c.a)
		_, broken := errors.AsType[*ThresholdError](err)
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		case errors.Is(err, ErrNoVerdict) != c.noVerdict, broken != (c.want != "" && !c.noVerdict):
			t.Errorf("%s: a %T", name, err)
		}
	}
}

// What is broken stands before what is not known.
func TestBrokenComesFirst(t *testing.T) {
	s, err := parse(t, "p95 <= 3", "goodput >= 3")
	if err != nil {
		t.Fatal(err)
	}
	err = Judge(s, results(1, row("no-retry", map[string]report.Stat{"goodput_mib_s": {Median: 1, Max: 1, N: 1}}, nil)))
	e, ok := errors.AsType[*ThresholdError](err)
	if !ok || len(e.Checks) != 2 || e.Checks[0].Result != report.Broken || e.Checks[1].Result != report.NoData {
		t.Errorf("%v", err)
	}
}
