package record

// PhaseRow is one row of phases.csv: a trial within one of the scenario's phases. An attempt belongs to the phase in which it
// began, a call to that of its first attempt, a delivery to those that it spans.
type PhaseRow struct {
	Trial          int      `csv:"trial"`
	Phase          string   `csv:"phase"`
	FromS          float64  `csv:"from_s"`
	ToS            float64  `csv:"to_s"` // the trial's end at the latest
	GoodputMiBs    float64  `csv:"goodput_mib_s"`
	ThroughputMiBs float64  `csv:"throughput_mib_s"`
	Calls          int      `csv:"calls"`
	FailedCalls    int      `csv:"failed_calls"`
	Attempts       int      `csv:"attempts"`
	Retries        int      `csv:"retries"`                 // attempts after the first of their call, whenever that was
	Amplification  *float64 `csv:"amplification,omitempty"` // attempts of the phase's calls, whenever they were ÷ those calls; nil: no calls
	Throttled      int      `csv:"throttled"`
	Early          int      `csv:"early"`
	WastedBytes    int64    `csv:"wasted_bytes"`
	P50S           *float64 `csv:"p50_s,omitempty"` // of the phase's calls; nil: none succeeded, or was cut off
	P95S           *float64 `csv:"p95_s,omitempty"`
	P99S           *float64 `csv:"p99_s,omitempty"`
	// Of the phase's calls, as of a trial's.
	CutOff      int  `csv:"cut_off"`
	P50Censored bool `csv:"p50_censored"`
	P95Censored bool `csv:"p95_censored"`
	P99Censored bool `csv:"p99_censored"`
}
