package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// FailedShare is a metric that comparisons have beside those of trials.csv: objects that were lost, of all. Their number alone says
// little where trials have a duration, and who is faster begins more.
const FailedShare = "failed_share"

const goodput = "goodput_mib_s"

// DefaultMetrics are compared if nothing else is said: what a user gets (goodput, how long calls take, what is lost), what it
// costs the server (attempts, and those that it had asked to come later), and how long trouble lasts. The other columns mostly say the same again, and
// every question more makes all answers less sure.
func DefaultMetrics() []string {
	return []string{goodput, "amplification", "early", FailedShare, CutShare, "p95_s", "recovery_s"}
}

// DefaultGate lists the metrics that may not be worse if there are no rules. CutShare is of single calls alone.
func DefaultGate() []string {
	return []string{goodput, "amplification", "early", FailedShare, CutShare}
}

// compared is a metric in a comparison.
type compared struct {
	column
	// grain is the change that the way of measuring makes by itself: nothing below it matters, whatever its share.
	grain float64
	// ratio: the metric is above zero by its nature, so that cells have a mean of their ratios. Counts and shares of what goes wrong may be
	// zero, and so may a recovery, of which a tenth of a second more is not twice as much.
	ratio bool
}

// ratios are the metrics that have a mean over all cells.
var ratios = []string{
	"wall_s", goodput, "throughput_mib_s", "bound_mib_s", "oracle_mib_s", "efficiency", "calls", "attempts", "amplification", "byte_amplification",
	"p50_s", "p95_s", "p99_s", "service_p50_s", "service_p95_s", "service_p99_s", "control_calls_per_part", "control_p50_s", "control_p99_s",
	"data_p50_s", "data_p99_s",
}

var failedShare = column{Metric: Metric{FailedShare, "", Lower, "failed share"}, get: func(t *record.Trial) (sample, bool) {
	if t.Objects == 0 {
		return sample{}, false
	}
	return sample{value: float64(t.FailedObjects) / float64(t.Objects)}, true
}}

// ComparedMetric finds a metric by its name or its short name, which is the name without unit: goodput is goodput_mib_s, and failed
// is failed_share; cut is cut_share.
func ComparedMetric(name string) (Metric, bool) {
	c, ok := comparedColumn(name)
	return c.Metric, ok
}

func comparedColumn(name string) (compared, bool) {
	for _, c := range append(slices.Clone(columns), failedShare, cutShare) {
		if c.Name == name || shortMetric(c.Name) == name {
			m := compared{column: c, ratio: slices.Contains(ratios, c.Name)}
			switch c.Name {
			case "recovery_s":
				m.grain = 2 * record.BinS // it is found in bins
			case CutShare:
				m.grain = negligible // some are under way at any end
			}
			return m, true
		}
	}
	return compared{}, false
}

// shortMetric is a metric's name without its unit. No two metrics share one: a test looks.
func shortMetric(name string) string {
	for _, unit := range []string{"_mib_s", "_mib", "_share", "_s"} {
		if short, ok := strings.CutSuffix(name, unit); ok {
			return short
		}
	}
	return name
}

// metricsOf finds the metrics that are to be compared: those asked for, then those that rules ask for, and what was lost in any case.
func (o *CompareOptions) metricsOf() (all []compared, err error) {
	names := o.Metrics
	if len(names) == 0 {
		names = DefaultMetrics()
	}
	for _, r := range o.Rules {
		names = append(slices.Clip(names), r.Metric)
	}
	names = append(slices.Clip(names), lostShares...) // without them, who loses everything is fast
	for _, name := range names {
		m, ok := comparedColumn(name)
		if !ok {
			return nil, noMetric(name)
		}
		if !slices.ContainsFunc(all, func(c compared) bool { return c.Name == m.Name }) {
			all = append(all, m)
		}
	}
	return all, nil
}

func noMetric(name string) error {
	known := append(Metrics(), lostShares...)
	for i, k := range known {
		known[i] = shortMetric(k)
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Compare(a, b) })
	return fmt.Errorf("there is no metric %q; use one of %s", clean(name), strings.Join(known, ", "))
}
