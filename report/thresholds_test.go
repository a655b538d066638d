package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// What goes wrong in four trials of ten breaks its upper limit, although the median is zero; a lower limit and other metrics go by the median.
func TestThresholdOfEveryRepeat(t *testing.T) {
	var trials []record.Trial
	for i := 1; i <= 10; i++ {
		lost := func(x *record.Trial) { x.CutOff = new(int) }
		if i > 6 {
			lost = func(x *record.Trial) {
				x.FailedObjects, x.FailedCalls, x.Early, x.TimedOut, x.Throttled, x.Retries = i-6, i-6, i-6, i-6, i-6, i-6
				n := i - 6
				x.WastedBytes, x.CutOff = int64(n), &n
			}
		}
		trials = append(trials, trialOf(i, "a", i, 50, lost))
	}
	r := run(trials...)
	r.Phases = map[int][]record.PhaseRow{}
	for i := range r.Trials {
		r.Phases[r.Trials[i].Trial] = []record.PhaseRow{{Trial: r.Trials[i].Trial, Phase: "storm", FailedCalls: r.Trials[i].FailedCalls, GoodputMiBs: 7}}
	}
	a := Analyse(r)
	for _, c := range []struct {
		th   Threshold
		want string
		over int
	}{
		{Threshold{Metric: "failed_objects", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "failed_calls", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "failed_calls", Below: fl(1)}, Broken, 4},
		{Threshold{Metric: "early", Max: fl(2)}, Broken, 2},
		{Threshold{Metric: "early", Max: fl(4)}, Passed, 0},
		{Threshold{Metric: "early", Below: fl(4)}, Broken, 1},
		{Threshold{Metric: "timed_out", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "throttled", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "wasted_bytes", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "cut_off", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "retries", Max: fl(0)}, Passed, 0},
		{Threshold{Metric: "early", Min: fl(1)}, Broken, 0},
		{Threshold{Metric: "failed_calls", Phase: "storm", Max: fl(0)}, Broken, 4},
		{Threshold{Metric: "failed_calls", Phase: "storm", Max: fl(4)}, Passed, 0},
		{Threshold{Metric: "goodput_mib_s", Phase: "storm", Max: fl(7)}, Passed, 0},
	} {
		checks, err := CheckThresholds(a, []Threshold{c.th})
		if err != nil || len(checks) != 1 {
			t.Fatal(checks, err)
		}
		k := checks[0]
		if k.Result != c.want || k.Over != c.over {
			t.Errorf("%s, over in %d; want %s in %d", k, k.Over, c.want, c.over)
		}
		if says := fmt.Sprintf("over the limit in %d of 10 trials", c.over); c.over > 0 && !strings.Contains(k.String(), says) {
			t.Errorf("%s: does not say %q", k, says)
		}
	}
	known := append(Metrics(), PhaseMetrics()...)
	for _, name := range goneWrong {
		if !slices.Contains(known, name) {
			t.Errorf("there is no metric %s", name)
		}
	}
}
