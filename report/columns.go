package report

import "github.com/ratebench/ratebench/internal/record"

// Metric is a number that a trial is measured by: a numeric column of trials.csv. docs/metrics.md defines them all.
type Metric struct {
	Name   string
	Unit   string // as people write it; empty: a pure number
	Better Better
	Label  string // a few words for headings
}

// Better says which way a metric is good.
type Better int

// The directions.
const (
	Neither Better = 0
	Higher  Better = 1
	Lower   Better = -1
)

// column is a metric and where it stands.
type column struct {
	Metric
	// limited: some of its values may be lower limits.
	limited bool
	// get returns the number of a trial; not ok: it has none.
	get func(t *record.Trial) (s sample, ok bool)
}

// columns are what a trial is measured by, in the order of trials.csv.
var columns = []column{
	limited("wall_s", "time of the trial", func(t *record.Trial) (*float64, bool) { return &t.WallS, t.Left() > 0 }),
	number("bytes", "B", Neither, "verified bytes", func(t *record.Trial) float64 { return float64(t.Bytes) }),
	number("goodput_mib_s", "MiB/s", Higher, "goodput", func(t *record.Trial) float64 { return t.GoodputMiBs }),
	optional("bound_mib_s", "MiB/s", Neither, "bound", func(t *record.Trial) *float64 { return t.BoundMiBs }),
	optional("oracle_mib_s", "MiB/s", Neither, "goodput of the oracle", func(t *record.Trial) *float64 { return t.OracleMiBs }),
	optional("efficiency", "", Higher, "efficiency", func(t *record.Trial) *float64 { return t.Efficiency }),
	number("calls", "", Neither, "calls", func(t *record.Trial) float64 { return float64(t.Calls) }),
	number("failed_calls", "", Lower, "failed calls", func(t *record.Trial) float64 { return float64(t.FailedCalls) }),
	number("attempts", "", Lower, "attempts", func(t *record.Trial) float64 { return float64(t.Attempts) }),
	number("retries", "", Lower, "retries", func(t *record.Trial) float64 { return float64(t.Retries) }),
	positive("amplification", "", Lower, "amplification", func(t *record.Trial) float64 { return t.Amplification }),
	number("throttled", "", Lower, "throttled attempts", func(t *record.Trial) float64 { return float64(t.Throttled) }),
	number("early", "", Lower, "early attempts", func(t *record.Trial) float64 { return float64(t.Early) }),
	number("wasted_bytes", "B", Lower, "wasted bytes", func(t *record.Trial) float64 { return float64(t.WastedBytes) }),
	limited("recovery_s", "recovery", func(t *record.Trial) (*float64, bool) { return t.RecoveryS, t.RecoveryCensored }),
	limited("p50_s", "p50", func(t *record.Trial) (*float64, bool) { return known(t.P50S), t.P50Censored }),
	limited("p95_s", "p95", func(t *record.Trial) (*float64, bool) { return known(t.P95S), t.P95Censored }),
	limited("p99_s", "p99", func(t *record.Trial) (*float64, bool) { return known(t.P99S), t.P99Censored }),
	number("objects", "", Neither, "objects", func(t *record.Trial) float64 { return float64(t.Objects) }),
	number("failed_objects", "", Lower, "failed objects", func(t *record.Trial) float64 { return float64(t.FailedObjects) }),
	number("throughput_mib_s", "MiB/s", Neither, "throughput", func(t *record.Trial) float64 { return t.ThroughputMiBs }),
	number("transport_replays", "", Neither, "replays by net/http", func(t *record.Trial) float64 { return float64(t.TransportReplays) }),
	number("calls_1", "", Neither, "calls of 1 attempt", func(t *record.Trial) float64 { return float64(t.Calls1) }),
	number("calls_2", "", Neither, "calls of 2 attempts", func(t *record.Trial) float64 { return float64(t.Calls2) }),
	number("calls_3", "", Neither, "calls of 3 attempts", func(t *record.Trial) float64 { return float64(t.Calls3) }),
	number("calls_4_plus", "", Neither, "calls of 4 attempts and more", func(t *record.Trial) float64 { return float64(t.Calls4Plus) }),
	count("duplicates", Lower, "duplicates", func(t *record.Trial) *int { return t.Duplicates }),
	number("timed_out", "", Lower, "objects that timed out", func(t *record.Trial) float64 { return float64(t.TimedOut) }),
	count("connections", Lower, "connections", func(t *record.Trial) *int { return t.Connections }),
	optional("byte_amplification", "", Lower, "amplification in bytes", func(t *record.Trial) *float64 { return t.ByteAmplification }),
	optional("retry_ratio_max", "", Lower, "most retries per first attempt", func(t *record.Trial) *float64 { return t.RetryRatioMax }),
	optional("early_by_s", "s", Lower, "early by (median)", func(t *record.Trial) *float64 { return t.EarlyByS }),
	optional("early_by_max_s", "s", Lower, "early by (most)", func(t *record.Trial) *float64 { return t.EarlyByMaxS }),
	optional("herd_index", "", Lower, "herd index", func(t *record.Trial) *float64 { return t.HerdIndex }),
	optional("area_lost_mib", "MiB", Lower, "area lost", func(t *record.Trial) *float64 { return t.AreaLostMiB }),
	optional("overshoot", "", Lower, "overshoot", func(t *record.Trial) *float64 { return t.Overshoot }),
	optional("fault_load", "", Lower, "load during the fault", func(t *record.Trial) *float64 { return t.FaultLoad }),
	{Metric: Metric{"metastable", "", Lower, "metastable"}, get: func(t *record.Trial) (sample, bool) {
		switch {
		case t.Metastable == nil:
			return sample{}, false
		case *t.Metastable:
			return sample{value: 1}, true
		}
		return sample{}, true
	}},
	optional("fairness", "", Higher, "fairness between clients", func(t *record.Trial) *float64 { return t.Fairness }),
	count("false_retries", Lower, "wrongly retried", func(t *record.Trial) *int { return t.FalseRetries }),
	count("missed_retries", Lower, "wrongly not retried", func(t *record.Trial) *int { return t.MissedRetries }),
	optional("wasted_wait_s", "s", Lower, "wasted waiting", func(t *record.Trial) *float64 { return t.WastedWaitS }),
	optional("slot_s", "s", Lower, "waiting for a slot", func(t *record.Trial) *float64 { return t.SlotS }),
	optional("limiter_s", "s", Lower, "waiting for the limiter", func(t *record.Trial) *float64 { return t.LimiterS }),
	optional("connection_s", "s", Lower, "waiting for a connection", func(t *record.Trial) *float64 { return t.ConnectionS }),
	optional("sending_s", "s", Lower, "sending", func(t *record.Trial) *float64 { return t.SendingS }),
	optional("server_s", "s", Lower, "waiting for the server", func(t *record.Trial) *float64 { return t.ServerS }),
	optional("backoff_s", "s", Lower, "backing off", func(t *record.Trial) *float64 { return t.BackoffS }),
	optional("service_p50_s", "s", Lower, "service time, p50", func(t *record.Trial) *float64 { return t.ServiceP50S }),
	optional("service_p95_s", "s", Lower, "service time, p95", func(t *record.Trial) *float64 { return t.ServiceP95S }),
	optional("service_p99_s", "s", Lower, "service time, p99", func(t *record.Trial) *float64 { return t.ServiceP99S }),
	optional("cpu", "", Lower, "processors used", func(t *record.Trial) *float64 { return t.CPU }),
	count("control_calls", Lower, "control calls", func(t *record.Trial) *int { return t.ControlCalls }),
	count("control_attempts", Lower, "attempts of control calls", func(t *record.Trial) *int { return t.ControlAttempts }),
	optional("control_calls_per_part", "", Lower, "control calls per part", func(t *record.Trial) *float64 { return t.ControlCallsPerPart }),
	count("data_attempts", Lower, "attempts of data calls", func(t *record.Trial) *int { return t.DataAttempts }),
	count("tokens", Lower, "tokens made", func(t *record.Trial) *int { return t.Tokens }),
	optional("control_p50_s", "s", Lower, "control calls, p50", func(t *record.Trial) *float64 { return t.ControlP50S }),
	optional("control_p99_s", "s", Lower, "control calls, p99", func(t *record.Trial) *float64 { return t.ControlP99S }),
	limited("data_p50_s", "parts, p50", func(t *record.Trial) (*float64, bool) { return t.DataP50S, t.P50Censored }),
	limited("data_p99_s", "parts, p99", func(t *record.Trial) (*float64, bool) { return t.DataP99S, t.P99Censored }),
	count("orphaned_uploads", Lower, "orphaned uploads", func(t *record.Trial) *int { return t.OrphanedUploads }),
	count("restarted_files", Lower, "files begun again", func(t *record.Trial) *int { return t.RestartedFiles }),
	{Metric: Metric{"discarded_bytes", "B", Lower, "discarded bytes"}, get: func(t *record.Trial) (sample, bool) {
		if t.DiscardedBytes == nil {
			return sample{}, false
		}
		return sample{value: float64(*t.DiscardedBytes)}, true
	}},
	count("cut_off", Lower, "cut off by the trial's end", func(t *record.Trial) *int { return t.CutOff }),
	optional("hint_compliance", "", Higher, "hints that were kept", func(t *record.Trial) *float64 { return t.HintCompliance }),
	optional("late_by_s", "s", Lower, "late by (median)", func(t *record.Trial) *float64 { return t.LateByS }),
	optional("late_by_max_s", "s", Lower, "late by (most)", func(t *record.Trial) *float64 { return t.LateByMaxS }),
	number("unfinished_bytes", "B", Neither, "bytes of unfinished objects", func(t *record.Trial) float64 { return float64(t.UnfinishedBytes) }),
	count("objects_cut_off", Lower, "objects cut off by the trial's end", func(t *record.Trial) *int { return t.ObjectsCutOff }),
	count("not_begun", Lower, "objects not begun", func(t *record.Trial) *int { return t.NotBegun }),
}

// Metrics lists the names that thresholds may use: the numeric columns of trials.csv.
func Metrics() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// MetricOf returns what is known of a metric, and whether there is one of that name.
func MetricOf(name string) (Metric, bool) {
	for _, c := range columns {
		if c.Name == name {
			return c.Metric, true
		}
	}
	return Metric{}, false
}

func count(name string, b Better, label string, get func(*record.Trial) *int) column {
	return column{Metric: Metric{name, "", b, label}, get: func(t *record.Trial) (sample, bool) {
		n := get(t)
		if n == nil {
			return sample{}, false
		}
		return sample{value: float64(*n)}, true
	}}
}

func number(name, unit string, b Better, label string, get func(*record.Trial) float64) column {
	return column{Metric: Metric{name, unit, b, label}, get: func(t *record.Trial) (sample, bool) { return sample{value: get(t)}, true }}
}

// positive is a column whose zero means that there was nothing to be measured.
func positive(name, unit string, b Better, label string, get func(*record.Trial) float64) column {
	return column{Metric: Metric{name, unit, b, label}, get: func(t *record.Trial) (sample, bool) { v := get(t); return sample{value: v}, v > 0 }}
}

func optional(name, unit string, b Better, label string, get func(*record.Trial) *float64) column {
	return column{Metric: Metric{name, unit, b, label}, get: func(t *record.Trial) (sample, bool) {
		if v := get(t); v != nil {
			return sample{value: *v}, true
		}
		return sample{}, false
	}}
}

// limited is a column of times of which some are lower limits only: what they are about was not over when the trial was.
func limited(name, label string, get func(*record.Trial) (s *float64, censored bool)) column {
	return column{Metric: Metric{name, "s", Lower, label}, limited: true, get: func(t *record.Trial) (sample, bool) {
		s, censored := get(t)
		if s == nil {
			return sample{}, false
		}
		return sample{*s, censored}, true
	}}
}

// known is a time that is zero where there was nothing to be measured.
func known(s float64) *float64 {
	if s <= 0 {
		return nil
	}
	return &s
}
