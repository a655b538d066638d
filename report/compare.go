package report

import (
	"encoding/json"
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

// CompareOptions say how two sides are compared. The zero value is what the command does without flags.
type CompareOptions struct {
	// Metrics are compared, by name or short name, and the shares that failed and were cut off with them; nil: DefaultMetrics. The first has three quarters of the error that is allowed.
	Metrics []string
	// Threshold is the change, as a share of the base, from which on it matters; 0: DefaultThreshold.
	Threshold float64
	// Alpha is the chance that is taken of calling anything better or worse although nothing has changed; 0: DefaultAlpha.
	Alpha float64
	// Rules are the gate. nil: nothing in DefaultGate may be worse. The shares that failed and were cut off may not be where rules are about other metrics alone.
	Rules []Rule
	// AllowMissing leaves contestants out that only one side has. Otherwise there is no verdict.
	AllowMissing bool
	// AllowChanged compares contestants of the same name whose parameters differ, and warns of them. Otherwise there is no verdict.
	AllowChanged bool
	// AllowFailed leaves trials out that failed, are invalid or were not run. Otherwise there is no verdict on what the gate says of their
	// contestant and cell.
	AllowFailed bool
	// AllowSaturated takes trials as they are in which the machine was the bottleneck. Otherwise there is no verdict where most are.
	AllowSaturated bool
	// OneJob says that both sides were run by one command, of one scenario, interleaved on this machine: what they say of the
	// scenario, such as a default that one of them does not know, is not held against them.
	OneJob bool
}

// What CompareOptions are without flags.
const (
	DefaultThreshold = 0.05
	DefaultAlpha     = 0.05
)

// Side is what is compared: one run, or several of the same scenario that are taken together.
type Side struct {
	Name string // such as the folder, as it was given
	Runs []*Run
}

// Comparison is two sides in numbers.
type Comparison struct {
	Scenario  string      `json:"scenario"`
	Base      SideInfo    `json:"base"`
	Head      SideInfo    `json:"head"`
	Threshold float64     `json:"threshold"` // a share
	Alpha     float64     `json:"alpha"`
	Changes   []Change    `json:"changes"` // by cell, contestant, metric; then those over all cells
	Gate      []GateCheck `json:"gate"`    // one for each rule
	Warnings  []Warning   `json:"warnings"`
	// Doubts say why there is no verdict, or none about a part of it. With doubts nothing passes.
	Doubts  []string `json:"doubts"`
	Outcome string   `json:"outcome"` // CompareFailed if a rule of the gate failed, else CompareNoVerdict if there are doubts, else ComparePassed
}

// The outcomes of a comparison.
const (
	ComparePassed    = "passed"
	CompareFailed    = "failed"
	CompareNoVerdict = "no_verdict"
)

// SideInfo describes a side.
type SideInfo struct {
	Name     string            `json:"name"`
	Runs     int               `json:"runs"`
	Trials   int               `json:"trials"` // that count; the oracle's are left out
	Left     int               `json:"left"`   // trials that do not count: failed, or invalid
	Clock    string            `json:"clock"`
	Host     record.Host       `json:"host"`
	Versions map[string]string `json:"versions"`
}

// Change is what became of one metric of one contestant in one cell.
type Change struct {
	Cell string `json:"cell"` // in words
	// Cells is the number of cells that the change is about, if it is the geometric mean of their ratios. 0: it is about one, which PartSize
	// and Concurrency name; otherwise both are 0.
	Cells       int    `json:"cells,omitempty"`
	PartSize    int64  `json:"part_size"`
	Concurrency int    `json:"concurrency"`
	Contestant  string `json:"contestant"`
	Metric      string `json:"metric"`
	Unit        string `json:"unit,omitempty"`
	Better      Better `json:"better"` // 1: higher is, -1: lower is, 0: neither
	Base        Stat   `json:"base"`
	Head        Stat   `json:"head"`
	// Means are there where the change is about means in place of medians: geometric ones of pairs, and arithmetic ones where some values are zero
	// and none is without end.
	Means *Means `json:"means,omitempty"`
	// Pairs is how many trials of the base had one of the head with the same seed to be compared with. 0: the samples were compared as
	// two heaps.
	Pairs int `json:"pairs,omitempty"`
	// Share is the change as a share of the base, nil where a share makes no sense, as from zero. Amount is the change in the
	// metric's unit: of pairs the arithmetic mean of their differences, and over all cells that share of the base's geometric mean.
	Share  *Effect `json:"share"`
	Amount *Effect `json:"amount"`
	// P is the p-value by itself, and Adjusted after Holm's correction for all that was asked. Both are 1 where nothing was asked.
	P        float64  `json:"p"`
	Adjusted float64  `json:"p_adjusted"`
	Verdict  Verdict  `json:"verdict"`
	Why      string   `json:"why,omitempty"` // of a verdict that the numbers do not explain
	unseen   bool     // the test is blind to what there is, see question.unseen
	unsound  []string // why a gate has nothing to go by here, whatever the numbers say
	only     bool     // the contestant has no other cell, so this one is all of them
}

// Effect is a change with its interval, which holds with 95 %.
type Effect struct {
	Value Number `json:"value"`
	Low   Number `json:"low"`
	High  Number `json:"high"`
}

// Means are the means of both sides.
type Means struct {
	Base float64 `json:"base"`
	Head float64 `json:"head"`
}

// Number is a number that may be infinite, where a time was reached on one side and not on the other. JSON, which has no such number,
// gets the string "inf" or "-inf".
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	switch {
	case math.IsInf(float64(n), 1):
		return []byte(`"inf"`), nil
	case math.IsInf(float64(n), -1):
		return []byte(`"-inf"`), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"inf"`:
		*n = Number(math.Inf(1))
		return nil
	case `"-inf"`:
		*n = Number(math.Inf(-1))
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// Verdict is what can be said of a change.
type Verdict string

// The verdicts.
const (
	VerdictBetter       Verdict = "better"       // beyond the threshold, interval without zero, significant
	VerdictWorse        Verdict = "worse"        // the same in the other direction
	VerdictChanged      Verdict = "changed"      // the same of a metric that is neither good nor bad
	VerdictSame         Verdict = "same"         // the whole interval is within the threshold
	VerdictInconclusive Verdict = "inconclusive" // neither can be said
	VerdictNone         Verdict = "no verdict"   // no data, or too few to say anything
)
