package report

import "github.com/ratebench/ratebench/internal/record"

// column is a numeric column of trials.csv.
type column struct {
	name string
	// get returns the number of a trial; not ok: it has none.
	get func(t *record.Trial) (s sample, ok bool)
}

// columns are what a trial is measured by, in the order of trials.csv.
var columns = []column{
	number("wall_s", func(t *record.Trial) float64 { return t.WallS }),
	number("bytes", func(t *record.Trial) float64 { return float64(t.Bytes) }),
	number("goodput_mib_s", func(t *record.Trial) float64 { return t.GoodputMiBs }),
	optional("bound_mib_s", func(t *record.Trial) *float64 { return t.BoundMiBs }),
	optional("oracle_mib_s", func(t *record.Trial) *float64 { return t.OracleMiBs }),
	optional("efficiency", func(t *record.Trial) *float64 { return t.Efficiency }),
	number("calls", func(t *record.Trial) float64 { return float64(t.Calls) }),
	number("failed_calls", func(t *record.Trial) float64 { return float64(t.FailedCalls) }),
	number("attempts", func(t *record.Trial) float64 { return float64(t.Attempts) }),
	number("retries", func(t *record.Trial) float64 { return float64(t.Retries) }),
	positive("amplification", func(t *record.Trial) float64 { return t.Amplification }),
	number("throttled", func(t *record.Trial) float64 { return float64(t.Throttled) }),
	number("early", func(t *record.Trial) float64 { return float64(t.Early) }),
	number("wasted_bytes", func(t *record.Trial) float64 { return float64(t.WastedBytes) }),
	{"recovery_s", func(t *record.Trial) (sample, bool) {
		if t.RecoveryS == nil {
			return sample{}, false
		}
		return sample{*t.RecoveryS, t.RecoveryCensored}, true
	}},
	positive("p50_s", func(t *record.Trial) float64 { return t.P50S }),
	positive("p95_s", func(t *record.Trial) float64 { return t.P95S }),
	positive("p99_s", func(t *record.Trial) float64 { return t.P99S }),
	number("objects", func(t *record.Trial) float64 { return float64(t.Objects) }),
	number("failed_objects", func(t *record.Trial) float64 { return float64(t.FailedObjects) }),
	number("throughput_mib_s", func(t *record.Trial) float64 { return t.ThroughputMiBs }),
	number("transport_replays", func(t *record.Trial) float64 { return float64(t.TransportReplays) }),
	number("calls_1", func(t *record.Trial) float64 { return float64(t.Calls1) }),
	number("calls_2", func(t *record.Trial) float64 { return float64(t.Calls2) }),
	number("calls_3", func(t *record.Trial) float64 { return float64(t.Calls3) }),
	number("calls_4_plus", func(t *record.Trial) float64 { return float64(t.Calls4Plus) }),
	count("duplicates", func(t *record.Trial) *int { return t.Duplicates }),
	number("timed_out", func(t *record.Trial) float64 { return float64(t.TimedOut) }),
	count("connections", func(t *record.Trial) *int { return t.Connections }),
}

// Metrics lists the names that thresholds may use: the numeric columns of trials.csv.
func Metrics() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func count(name string, get func(*record.Trial) *int) column {
	return column{name, func(t *record.Trial) (sample, bool) {
		n := get(t)
		if n == nil {
			return sample{}, false
		}
		return sample{value: float64(*n)}, true
	}}
}

func number(name string, get func(*record.Trial) float64) column {
	return column{name, func(t *record.Trial) (sample, bool) { return sample{value: get(t)}, true }}
}

// positive is a column whose zero means that there was nothing to be measured.
func positive(name string, get func(*record.Trial) float64) column {
	return column{name, func(t *record.Trial) (sample, bool) { v := get(t); return sample{value: v}, v > 0 }}
}

func optional(name string, get func(*record.Trial) *float64) column {
	return column{name, func(t *record.Trial) (sample, bool) {
		if v := get(t); v != nil {
			return sample{value: *v}, true
		}
		return sample{}, false
	}}
}
