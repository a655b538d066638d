package record

// Manifest is manifest.json. It is written when a run starts and again when it ends.
type Manifest struct {
	Schema      int               `json:"schema"` // version of the files' layout: 1
	Scenario    string            `json:"scenario"`
	Source      string            `json:"source"`   // the scenario file as given
	Resolved    string            `json:"resolved"` // the scenario as resolved, YAML
	Seed        uint64            `json:"seed"`
	Clock       string            `json:"clock"` // real or virtual
	Backend     string            `json:"backend"`
	Endpoint    string            `json:"endpoint,omitempty"` // no credentials
	Trials      int               `json:"trials"`             // planned
	Contestants []string          `json:"contestants"`
	Versions    map[string]string `json:"versions"` // ratebench, go, modules that are measured
	Host        Host              `json:"host"`
	Started     string            `json:"started"` // RFC 3339, UTC
	Ended       string            `json:"ended,omitempty"`
	Outcome     string            `json:"outcome"` // one of the Outcome constants
	Problem     string            `json:"problem,omitempty"`
	Phases      []Phase           `json:"phases,omitempty"`
	WarmUpS     float64           `json:"warm_up_s,omitempty"`
	TimeoutS    float64           `json:"timeout_s,omitempty"` // of a trial; 0: none
	Oracle      bool              `json:"oracle"`              // the oracle ran as a yardstick
	// Unlimited says that nothing in the scenario limits the speed: only the machine does.
	Unlimited bool `json:"unlimited,omitempty"`
	// Commands are the contestants that are programs of their own, by name, with what was run. They are measured by the
	// ledger alone.
	Commands map[string]string `json:"commands,omitempty"`
}

// How a run can end, or that it has not, as the manifest says it.
const (
	OutcomeRunning     = "running"
	OutcomePassed      = "passed"
	OutcomeFailed      = "failed"
	OutcomeInterrupted = "interrupted"
	OutcomeThreshold   = "threshold"
	OutcomeNoVerdict   = "no_verdict"
)

// Host is the machine a run was made on.
type Host struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	CPU  string `json:"cpu,omitempty"`
	// Machine tells machines of one make apart, and says nothing else about them. A machine that was started anew is another one. Empty: not
	// known.
	Machine string `json:"machine,omitempty"`
}

// Phase is a named stretch of a trial's time.
type Phase struct {
	Name    string  `json:"name"`
	FromS   float64 `json:"from_s"`
	ToS     float64 `json:"to_s"`    // 0 on the last phase: until the end
	Trouble bool    `json:"trouble"` // a fault rule is tied to it
}
