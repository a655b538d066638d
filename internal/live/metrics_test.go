package live

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

var update = flag.Bool("update", false, "rewrite golden files")

// scrape is what Prometheus gets.
func scrape(t *testing.T, x *Metrics) string {
	t.Helper()
	w := get(x.Handler())
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// afterARun is a small run's metrics. Its clock begins at midnight of 2000-01-01, as that of every bubble.
func afterARun(t *testing.T) *Metrics {
	x := NewMetrics(&record.Manifest{Scenario: "storm", Clock: "virtual", Backend: "embedded", Trials: 6, Versions: map[string]string{"ratebench": "v1"}}, 1)
	seconds := func(f float64) *float64 { return &f }
	for i, row := range []record.Trial{
		{Contestant: "mine", Status: record.TrialOK, GoodputMiBs: 10, Efficiency: seconds(0.5), Amplification: 1.5, RecoveryS: seconds(2), P95S: 3,
			Calls: 10, FailedCalls: 1, Attempts: 15, Retries: 5, Throttled: 4, Early: 3, Objects: 2, FailedObjects: 1, Bytes: 1 << 20, WastedBytes: 7},
		{Contestant: "mine", Status: record.TrialOK, GoodputMiBs: 20, Efficiency: seconds(1), Amplification: 1, RecoveryS: seconds(2), RecoveryCensored: true, P95S: 2,
			Calls: 10, Attempts: 10, Objects: 2, Bytes: 2 << 20},
		{Contestant: `o"dd` + "\n", Status: record.TrialFailed, GoodputMiBs: 20, Calls: 1},
	} {
		trial := runner.Trial{Ordinal: i + 2, Contestant: row.Contestant, PartSize: 8 << 20, Concurrency: 4}
		x.Note(runner.Event{Trial: trial})
		time.Sleep(1500 * time.Millisecond)
		x.Note(runner.Event{Trial: trial, Row: &row})
	}
	x.Note(runner.Event{Trial: runner.Trial{Contestant: "mine", PartSize: 8 << 20, Concurrency: 4}})
	return x
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := afterARun(t)
		got := scrape(t, x)
		if strings.Contains(got, "run_end") {
			t.Error("the run has an end before it ended")
		}
		if !strings.Contains(got, "\nratebench_run_trials_under_way 1\n") {
			t.Error("nothing is under way")
		}
		time.Sleep(time.Second)
		x.End(record.OutcomeInterrupted)
		got = scrape(t, x)
		const golden = "testdata/metrics.txt"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("the metrics differ from %s:\n%s", golden, got)
		}
		families, err := x.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if problems, err := promlint.NewWithMetricFamilies(families).Lint(); err != nil || len(problems) > 0 {
			t.Errorf("promlint: %v %v", problems, err)
		}
	})
}

// A trial that does not count leaves no numbers of the one before it.
func TestMetricsForget(t *testing.T) {
	x := NewMetrics(&record.Manifest{}, 0)
	trial := runner.Trial{Contestant: "mine"}
	x.Note(runner.Event{Trial: trial, Row: &record.Trial{Status: record.TrialOK, GoodputMiBs: 1}})
	if !strings.Contains(scrape(t, x), "ratebench_trial_goodput_bytes_per_second{") {
		t.Error("no goodput")
	}
	x.Note(runner.Event{Trial: trial, Row: &record.Trial{Status: record.TrialInvalid, GoodputMiBs: 1}})
	if strings.Contains(scrape(t, x), "ratebench_trial_goodput_bytes_per_second{") {
		t.Error("the goodput of a trial that does not count")
	}
}

// docs/live.md lists the metrics that there are and no others.
func TestDocumentedMetrics(t *testing.T) {
	doc, err := os.ReadFile("../../docs/live.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented, there []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(ratebench_[a-z0-9_]+)`").FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1])
	}
	synctest.Test(t, func(t *testing.T) {
		x := afterARun(t)
		x.End(record.OutcomePassed)
		families, err := x.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			there = append(there, f.GetName())
		}
	})
	slices.Sort(documented)
	if !slices.Equal(documented, there) {
		t.Errorf("docs/live.md lists\n%s\nthere are\n%s", strings.Join(documented, "\n"), strings.Join(there, "\n"))
	}
}
