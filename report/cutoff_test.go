package report

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// stalled is a run of one trial of 100 calls, of which some had no answer when it ended.
func stalledRun(t *testing.T, cut int, censored bool) *Run {
	t.Helper()
	ms := make([]int64, 100)
	for i := range ms {
		ms[i] = 10 + int64(100*i)
	}
	one := trialOf(1, "a", 1, 50, func(t *record.Trial) {
		t.Objects, t.CutOff, t.P50S, t.P95S, t.P99S, t.P95Censored, t.P99Censored = 100, &cut, 0.01, 9.5, 9.9, censored, censored
	})
	r := run(one)
	r.Details = map[int]*record.Detail{1: {Trial: 1, Response: encoded(t, ms...)}}
	if censored {
		r.Details[1].ResponseLimits = int64(cut)
	}
	p95 := 9.5
	r.Phases = map[int][]record.PhaseRow{1: {{Trial: 1, Phase: "stall", CutOff: cut, P50S: &p95, P95S: &p95, P99S: &p95, P95Censored: censored}}}
	return r
}

func TestCutOffIsTold(t *testing.T) {
	for _, c := range []struct {
		name     string
		cut      int
		censored bool
		want     bool
	}{
		{"a stall", 51, true, true},
		{"one of a hundred", 1, true, true},
		{"as short as others", 51, false, false},
		{"none", 0, false, false},
	} {
		a := Analyse(stalledRun(t, c.cut, c.censored))
		told := ""
		for _, w := range a.Warnings {
			if w.Kind == WarnCutOff {
				told = w.Text
			}
		}
		if (told != "") != c.want {
			t.Errorf("%s: %q", c.name, told)
		}
		but := strings.Join(a.Verdict.But, " ")
		if strings.Contains(but, "were still waiting when the trials ended") != c.want {
			t.Errorf("%s: the verdict says %q", c.name, but)
		}
		if c.cut == 51 && c.want && (!strings.Contains(told, "51 of 100 parts (51%)") || !strings.Contains(but, "51 of its 100 parts")) {
			t.Errorf("%q, %q", told, but)
		}
	}
}

// What is only known to be more is printed so, breaks a limit, has columns in CSV, and is no line of a benchmark.
func TestPercentilesThatAreLimits(t *testing.T) {
	r := stalledRun(t, 51, true)
	a := Analyse(r)
	row := &a.Cells[0].Rows[0]
	if got := interval(row.Stat("p95_s")); got != ">9.50" {
		t.Errorf("p95 is %s", got)
	}
	if got := interval(row.Stat("p50_s")); got != "0.010" {
		t.Errorf("p50 is %s", got)
	}
	for _, th := range []Threshold{{Metric: "p95_s", Max: fl(60)}, {Metric: "p95_s", Phase: "stall", Max: fl(60)}} {
		checks, err := CheckThresholds(a, []Threshold{th})
		if err != nil || checks[0].Result != Broken {
			t.Errorf("%v, %v", checks, err)
		}
	}
	var out strings.Builder
	if err := CSV(&out, a); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	for name, want := range map[string]string{
		"cut_off": "51", "p50_censored": "false", "p95_censored": "true", "p95_high_censored": "true", "p95_max_censored": "true", "p95_s_max": "9.5",
		"recovery_censored": "false", "recovery_high_censored": "false", "recovery_max_censored": "false",
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("column %s holds %q, want %q", name, v, want)
		}
	}
	for censored, want := range map[bool]int{true: 0, false: 1} {
		var out strings.Builder
		if err := Bench(&out, stalledRun(t, 51, censored)); err != nil || strings.Count(out.String(), " 9.5 p95-sec") != want {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
