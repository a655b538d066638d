package tune

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// Setting is what a user would set: the parameters of a contestant and, where those are searched, part size and concurrency of the
// workload. Zero of these two: as the scenario has them.
type Setting struct {
	Contestant  string            `json:"contestant"`
	With        map[string]string `json:"with,omitempty"` // parameters left out have their defaults
	PartSize    int64             `json:"part_size,omitempty"`
	Concurrency int               `json:"concurrency,omitempty"`
	// Kind and Do are the workload's that it is for, as a scenario names them: one client may have another setting for each. They are nothing
	// to set; empty: uploads.
	Kind string `json:"-"`
	Do   string `json:"-"`
}

// key is the same for the same setting.
func (s Setting) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %d", s.Contestant, s.PartSize, s.Concurrency)
	for _, name := range slices.Sorted(maps.Keys(s.With)) {
		fmt.Fprintf(&b, " %s=%s", name, s.With[name])
	}
	return b.String()
}

// String prints the setting in one line: "attempts 12, base 80ms, 8MiB parts, 6 in flight".
func (s Setting) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.With)) {
		parts = append(parts, name+" "+s.With[name])
	}
	if s.PartSize > 0 {
		parts = append(parts, units.Size(s.PartSize).String()+" parts")
	}
	if s.Concurrency > 0 {
		parts = append(parts, fmt.Sprintf("%d in flight", s.Concurrency))
	}
	if len(parts) == 0 {
		return "its defaults"
	}
	return strings.Join(parts, ", ")
}

// Role says why a setting is measured whatever it does.
type Role string

// The roles. The zero value is a setting that the search came up with.
const (
	Searched Role = ""
	Default  Role = "default" // the contestant as it comes
	Current  Role = "current" // as the scenario sets it
)

// Candidate is a setting in a search, with all that has been measured of it. Seeds that it was not measured with are missing.
type Candidate struct {
	ID   int    `json:"id"` // from 1
	Name string `json:"name"`
	Role Role   `json:"role,omitempty"`
	// As is the current setting's name in the scenario's results.
	As string `json:"as,omitempty"`
	Setting
	Results map[int]Result `json:"-"` // by seed's ordinal

	at []float64 // coordinates from 0 to 1; nil: it came from outside of the space
}

// Result is one candidate with one seed, over all cells of the scenario's grid.
type Result struct {
	// Speed is the geometric mean of the goodput in MiB/s, or of calls the number that the slowest twentieth of them makes in a second:
	// 1 ÷ p95. More is better; 0: nothing got through.
	Speed         float64 `json:"speed"`
	Amplification float64 `json:"amplification"` // geometric mean of the cells where it is known; 0: of none
	// RecoveryS is the mean in seconds; a recovery that was not seen counts as twice the time watched. Negative: there is none.
	RecoveryS float64 `json:"recovery_s"`
	// AssumedS stands for a recovery that is not known, in seconds, although other settings have one with the same seed; see assume.
	AssumedS *float64 `json:"assumed_recovery_s,omitempty"`
	Objects  int      `json:"objects"` // uploads or calls
	Failed   int      `json:"failed"`  // of those
	// Problem says that a trial did not end well; empty: all did.
	Problem string `json:"problem,omitempty"`
}

// lost is the share of uploads that failed. A trial that broke has lost all.
func (r Result) lost() float64 {
	if r.Problem != "" || r.Objects == 0 {
		return 1
	}
	return float64(r.Failed) / float64(r.Objects)
}

// seeds lists what a candidate was measured with, in order.
func (c *Candidate) seeds() []int { return slices.Sorted(maps.Keys(c.Results)) }

// objects counts uploads and those that failed, over the given seeds.
func (c *Candidate) objects(seeds []int) (all, failed int) {
	for _, s := range seeds {
		r, ok := c.Results[s]
		if !ok {
			continue
		}
		all, failed = all+r.Objects, failed+r.Failed
		if r.Problem != "" && r.Failed == 0 {
			failed = failed + max(r.Objects, 1)
			all += cmp.Or(r.Objects, 1) - r.Objects
		}
	}
	return all, failed
}

// loses reports whether the candidate lost anything with these seeds, or got nothing through with one of them: what is still waiting when the trial
// ends has not failed, but is no better.
func (c *Candidate) loses(seeds []int) bool {
	_, failed := c.objects(seeds)
	return failed > 0 || c.nothing(seeds)
}

// nothing reports whether with one of these seeds nothing got through in a cell.
func (c *Candidate) nothing(seeds []int) bool {
	return slices.ContainsFunc(seeds, func(s int) bool { r, ok := c.Results[s]; return ok && r.Speed <= 0 })
}
