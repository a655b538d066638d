package report

import (
	"strconv"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// Analysis is a run in numbers.
type Analysis struct {
	Scenario string `json:"scenario"`
	Outcome  string `json:"outcome"` // as in the manifest
	Problem  string `json:"problem,omitempty"`
	// Resolved is the scenario as it was run, in YAML. It is in the manifest already.
	Resolved string `json:"-"`
	// Versions are those of ratebench, of Go, and of the modules that are measured.
	Versions map[string]string `json:"versions,omitempty"`
	// Commands are the contestants that are programs of their own, with what was run.
	Commands map[string]string `json:"commands,omitempty"`
	// Backend, Clock and Seed are what the run was made with.
	Backend string `json:"backend"`
	// Endpoint is where the backend was; empty: in the process.
	Endpoint string      `json:"endpoint,omitempty"`
	Clock    string      `json:"clock"`
	Seed     uint64      `json:"seed"`
	Started  string      `json:"started"` // RFC 3339
	Host     record.Host `json:"host"`
	WarmUpS  float64     `json:"warm_up_s"`
	Trials   int         `json:"trials"`  // that are in the folder, whatever came of them
	Planned  int         `json:"planned"` // zero: not known
	Repeats  int         `json:"repeats"` // the most of any cell

	Workload    Workload   `json:"workload"`
	Contestants []string   `json:"contestants"` // in the order of the scenario; the oracle is last
	Cells       []Cell     `json:"cells"`       // by part size, then concurrency
	Overall     []Overall  `json:"overall"`     // by rank, as in the cells; the oracle is last
	Warnings    []Warning  `json:"warnings"`
	Verdict     Conclusion `json:"verdict"`
	// Baselines are whom the deltas of rows are to, in their order; nil: the grid has one cell.
	Baselines []string `json:"-"`
}

// Cell is one point of the grid with all contestants.
type Cell struct {
	Workload    Workload `json:"-"`         // the run's; it decides how the cell is called
	PartSize    int64    `json:"part_size"` // bytes
	Concurrency int      `json:"concurrency"`
	BoundMiBs   *float64 `json:"bound_mib_s"`    // the median over the seeds; nil: nothing bounds the goodput
	Bound       Stat     `json:"bound,omitzero"` // the same with its interval: what a seed's dice take from everybody is in it
	Rows        []Row    `json:"rows"`           // by rank: fewest lost first, then best goodput; the oracle is last
	// Alike lists the contestants whose rows look the same, two or more in each list, by rank; the oracle is left out.
	Alike   [][]string `json:"alike,omitempty"`
	Windows []Window   `json:"windows"` // trouble, by beginning
	// EndS is when the last trial of the cell ended.
	EndS float64 `json:"-"`
}

// Row is one contestant in one cell.
type Row struct {
	Contestant string `json:"contestant"`
	Oracle     bool   `json:"oracle"`
	Trials     int    `json:"trials"`           // that ended well and count
	Failed     int    `json:"failed_trials"`    // that do not count: I/O, integrity, reconciliation
	Invalid    int    `json:"invalid_trials"`   // that do not count: over their bound
	Saturated  int    `json:"saturated_trials"` // that count, but in which the client was short of something itself
	// Values holds the columns of trials.csv by name, over the trials that count. A missing one has no value.
	Values map[string]Stat `json:"values"`
	// Phases holds the columns of phases.csv by phase, in the scenario's order; nil: it has none.
	Phases []RowPhase `json:"phases,omitempty"`
	Calls  Calls      `json:"calls"`
	// Objects and FailedObjects are sums over the trials that count.
	Objects       int `json:"objects"`
	FailedObjects int `json:"failed_objects"`
	// CutOff is the sum of what the trials' ends cut off: parts, ranges or single calls.
	CutOff int `json:"cut_off,omitempty"`
	// Series and Activity are what happened over time. They are long, and in timeline.csv already.
	Series   []Point    `json:"-"`
	Activity []Activity `json:"-"`
	// Back is when the goodput was back after the trouble, in seconds since the trial began.
	Back Stat `json:"-"`
	// Recoveries are the trials by the time that they took to recover.
	Recoveries []Recovered `json:"recoveries,omitempty"`
	// Latency is nil where it is not known.
	Latency *Latency `json:"latency,omitempty"`
	// Clients is the goodput of each client in MiB/s, the lowest first; of more than 100 clients, the 101 percentiles.
	Clients []float64 `json:"clients,omitempty"`
	// ClientStats are Clients with their intervals, and ClientMiddle is the median client's.
	ClientStats  []Stat `json:"client_stats,omitempty"`
	ClientMiddle Stat   `json:"-"`
	// BudgetS is what a part or call took in all, by the time budget: the sum of its columns in each trial.
	BudgetS Stat `json:"-"`
	// Herds is the worst second after a hint of each trial, and HerdPeak the most arrivals within 10 ms of it.
	Herds    []record.Herd `json:"-"`
	HerdPeak Stat          `json:"-"`
	// Tenths is the goodput in MiB/s in each tenth of the time from the trial's beginning to the cell's EndS. One with N = 0 was not reached.
	Tenths []Stat `json:"-"`
	// Front: nobody in the cell has as much goodput for fewer attempts, or more for as many.
	Front bool `json:"front"`
	// Deltas are the differences to each of the analysis' Baselines, by metric.
	Deltas     map[string][]Delta `json:"-"`
	Histograms Histograms         `json:"-"`
	// goodput are the values of the trials that count.
	goodput []float64
	// wrong are the values of what goes wrong in the trials that count, by metric, see goneWrong.
	wrong map[string][]float64
	// done is the goodput of each trial that counts with what its end cut off and had come through, in MiB/s; most has what had not, too.
	done, most []sample
	// bytes were delivered in the trials that count, and unfinished ones had come through of what their ends cut off.
	bytes, unfinished float64
	// seeded are the values of the trials that count and have them, by metric of the maps and of the means over all cells.
	seeded map[string]map[seeded]sample
	// lost is what was lost, and of how many, in each trial that counts.
	lost [][2]int
	// unknown counts the trials that count and have no recovery although there was trouble, by the reason.
	unknown map[string]int
}

// RowPhase is a contestant in one phase of one cell.
type RowPhase struct {
	Name   string               `json:"name"`
	Values map[string]Stat      `json:"values"`
	wrong  map[string][]float64 // as Row.wrong
}

// Calls counts calls by what they took, over all trials that count.
type Calls struct {
	By     [4]int `json:"by_attempts"` // succeeded with 1, 2, 3, 4 or more attempts
	GaveUp int    `json:"gave_up"`
}

// Point is the goodput around a moment, in MiB/s over the repeats, smoothed over half a second.
type Point struct{ TS, Median, Min, Max float64 }

// Overall is a contestant over all cells.
type Overall struct {
	Contestant string `json:"contestant"`
	Oracle     bool   `json:"oracle"`
	Cells      int    `json:"cells"`   // that have a value
	Repeats    int    `json:"repeats"` // trials that count in the cell that has the fewest
	// Goodput and Efficiency are geometric means of the cells' medians; nil: a cell has none.
	Goodput    *float64 `json:"goodput_mib_s"`
	Efficiency *float64 `json:"efficiency"`
	// Their intervals, with the trials of a seed taken together over the cells; nil: a cell has one repeat only. With Confidence 0, no two seeds
	// have a trial in every cell, and the interval is all that was seen.
	GoodputInterval    *Interval `json:"goodput_interval,omitempty"`
	EfficiencyInterval *Interval `json:"efficiency_interval,omitempty"`
	// Objects and FailedObjects are sums over all cells.
	Objects       int `json:"objects"`
	FailedObjects int `json:"failed_objects"`
}

// Interval holds with a probability.
type Interval struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Confidence float64 `json:"confidence"`
}

// Name names the cell as in "8MiB parts, 4 in flight", or "calls of 5KiB on average".
func (c *Cell) Name() string { return c.Workload.nameCell(c.PartSize, c.Concurrency) }

// slug names the cell in the names of files.
func (c *Cell) slug() string {
	return units.Size(c.PartSize).String() + "-c" + strconv.Itoa(c.Concurrency)
}

// short names the cell where there is little room.
func (c *Cell) short() string {
	return units.Size(c.PartSize).String() + " × " + strconv.Itoa(c.Concurrency)
}

// Stat returns a column's number; N is zero if there is none.
func (r *Row) Stat(column string) Stat { return r.Values[column] }

// PhaseStat returns a column's number within a phase; N is zero if there is none.
func (r *Row) PhaseStat(phase, column string) Stat {
	for _, p := range r.Phases {
		if p.Name == phase {
			return p.Values[column]
		}
	}
	return Stat{}
}

// sum is the number of calls.
func (c Calls) sum() int { return c.By[0] + c.By[1] + c.By[2] + c.By[3] + c.GaveUp }
