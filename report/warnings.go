package report

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// Warning is something that a reader of the numbers has to know.
type Warning struct {
	Kind string `json:"kind"` // one of the Warn constants
	// Cell and Contestant say what it is about; empty: all.
	Cell       string `json:"cell,omitempty"`
	Contestant string `json:"contestant,omitempty"`
	Text       string `json:"text"` // a sentence, without what Cell and Contestant say
}

// The kinds of a Warning.
const (
	WarnNoData       = "no_data"       // no trial counts
	WarnIncomplete   = "incomplete"    // trials are missing
	WarnFailedTrial  = "failed_trial"  // I/O, integrity, reconciliation
	WarnInvalidTrial = "invalid_trial" // over its bound
	WarnWeakOracle   = "weak_oracle"   // the yardstick is too short
	WarnNoOracle     = "no_oracle"     // there should be a yardstick and is none
	WarnFewRepeats   = "few_repeats"   // too few for intervals
	WarnTimeout      = "timeout"       // trials that ran into their timeout
	WarnUnlimited    = "unlimited"     // virtual time in which nothing takes any
	WarnLedgerOnly   = "ledger_only"   // measured by the server alone
	WarnAlike        = "alike"         // contestants with the same numbers
	WarnThreshold    = "threshold"     // of the scenario, does not hold
	WarnMismatch     = "mismatch"      // files of the folder disagree
	WarnSaturated    = "saturated"     // the client itself was short of something
	WarnCutOff       = "cut_off"       // what the trial's end cut off was the longest
	WarnAbsent       = "absent"        // a file is not in the folder
	WarnUnfinished   = "unfinished"    // what the trial's end cut off is much of what was moved
	WarnLeft         = "left"          // objects were left when the trial ended
	WarnFailures     = "failures"      // why files failed
)

const (
	// weakOracle is the share of the bound that an oracle has to reach.
	weakOracle = 0.98
	// fewRepeats: with fewer, no 95 % interval of a median is finite.
	fewRepeats = 6
)

// String prints the warning with what it is about.
func (w Warning) String() string {
	s := ""
	for _, about := range []string{w.Cell, w.Contestant} {
		if about != "" {
			s += clean(about) + ": "
		}
	}
	return s + clean(w.Text)
}

func warnings(a *Analysis, r *Run) (ws []Warning) {
	counted := 0
	for _, c := range a.Cells {
		for _, row := range c.Rows {
			counted += row.Trials
		}
	}
	if counted == 0 {
		ws = append(ws, Warning{Kind: WarnNoData, Text: "no trial ended well, so there is nothing to compare"})
	}
	if a.Outcome == record.OutcomeThreshold {
		head, checks, _ := strings.Cut(a.Problem, "\n") // a line for each
		for check := range strings.Lines(checks) {
			ws = append(ws, Warning{Kind: WarnThreshold, Text: strings.TrimSuffix(head, ":") + ": " + strings.TrimSpace(check)})
		}
	}
	if a.Planned > len(r.Trials) {
		text := fmt.Sprintf("%d of %d trials were run; continue with --resume", len(r.Trials), a.Planned)
		if a.Outcome == record.OutcomeRunning {
			text = fmt.Sprintf("%d of %d trials have ended; the others are still to come, unless the run was killed", len(r.Trials), a.Planned)
		}
		ws = append(ws, Warning{Kind: WarnIncomplete, Text: text})
	}
	for _, t := range r.Trials {
		c := Cell{Workload: a.Workload, PartSize: t.PartSize, Concurrency: t.Concurrency}
		w := Warning{Cell: c.Name(), Contestant: t.Contestant}
		switch t.Status {
		case record.TrialFailed:
			w.Kind, w.Text = WarnFailedTrial, fmt.Sprintf("trial %d failed and does not count: %s", t.Trial, t.Problem)
		case record.TrialInvalid:
			w.Kind, w.Text = WarnInvalidTrial, fmt.Sprintf("trial %d is invalid and does not count: %s", t.Trial, t.Problem)
		default:
			continue
		}
		ws = append(ws, w)
	}
	ws = append(ws, timeoutWarnings(a, r)...)
	ws = append(ws, cutOffWarnings(a)...)
	ws = append(ws, unfinishedWarnings(a)...)
	ws = append(ws, leftWarnings(a, r)...)
	ws = append(ws, failureWarnings(a, r)...)
	ws = append(ws, saturatedWarnings(a, r)...)
	ws = append(ws, mismatchWarnings(r)...)
	if r.Manifest.Unlimited && a.Clock != "real" && counted > 0 {
		ws = append(ws, Warning{Kind: WarnUnlimited, Text: "nothing limits the speed in this scenario, and in virtual time computing takes none: " +
			"goodput, recovery and latencies mean nothing; set network.bandwidth, or use --clock real"})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Manifest.Commands)) {
		ws = append(ws, Warning{Kind: WarnLedgerOnly, Contestant: name, Text: "a program of its own, measured by the server's ledger alone: " +
			"times are the server's, attempts that no handler saw are not counted, starting the program takes its time, " +
			"and the network stands behind its system's buffers"})
	}
	for i := range a.Cells {
		ws = append(ws, oracleWarnings(&a.Cells[i], r.Manifest.Oracle)...)
	}
	ws = append(ws, alikeWarnings(a)...)
	if counted > 0 && a.Repeats < fewRepeats {
		ws = append(ws, Warning{Kind: WarnFewRepeats, Text: fmt.Sprintf(
			"%d %s per cell: too few for intervals that hold with 95%% (%d or more needed), so small differences mean nothing", a.Repeats, plural(a.Repeats, "repeat"), fewRepeats)})
	}
	return ws
}

// mismatchWarnings say where rows are missing, or too many. Trials whose records were added up have none.
func mismatchWarnings(r *Run) (ws []Warning) {
	if r.Counts == nil {
		return nil
	}
	ws = append(append(ws, sideFileWarnings(r)...), windowWarnings(r)...)
	for _, d := range r.disagreements() {
		say := func(format string, args ...any) {
			ws = append(ws, Warning{Kind: WarnMismatch, Contestant: d.trial.Contestant, Text: fmt.Sprintf("trial %d: ", d.trial.Trial) + fmt.Sprintf(format, args...) +
				": a file was changed after the run, so do not trust what it says"})
		}
		if d.client {
			say("%s has %d attempts after the warm-up, %s says %d", record.AttemptsFile, d.counts.Counted, record.TrialsFile, d.trial.Attempts)
		}
		if d.server {
			say("%s has %d attempts that the server saw, %s has %d", record.AttemptsFile, d.seen, record.LedgerFile, d.counts.Ledger)
		}
	}
	return ws
}

// absent reports whether the folder does not have a file: a run that is kept as a baseline is kept without the large ones.
func (r *Run) absent(name string) bool {
	_, err := os.Stat(filepath.Join(r.Dir, name))
	return r.Dir != "" && errors.Is(err, fs.ErrNotExist)
}

// sideFileWarnings say which of the smaller files lack trials. A run that was made before there was such a file has none of it.
func sideFileWarnings(r *Run) (ws []Warning) {
	for _, f := range []struct {
		name string
		rows int
		has  func(trial int) bool
	}{
		{record.TimelineFile, len(r.Timeline), func(n int) bool { return len(r.Timeline[n]) > 0 }},
		{record.PhasesFile, len(r.Phases), func(n int) bool { return len(r.Phases[n]) > 0 }},
		{record.DetailsFile, len(r.Details), func(n int) bool { return r.Details[n] != nil }},
	} {
		var lack []int
		for i := range r.Trials {
			if t := &r.Trials[i]; t.Status != record.TrialFailed && t.WallS > 0 && !f.has(t.Trial) {
				lack = append(lack, t.Trial)
			}
		}
		if len(lack) > 0 && f.name == record.TimelineFile && r.absent(f.name) {
			ws = append(ws, Warning{Kind: WarnAbsent, Text: f.name + " was not kept with the run, so no view shows what happened when"})
			continue
		}
		if len(lack) > 0 && (f.rows > 0 || f.name == record.TimelineFile) {
			ws = append(ws, Warning{Kind: WarnMismatch, Text: fmt.Sprintf("%s has nothing of %d %s, of trial %d for one: it was changed after the run, so what is made of it is not whole",
				f.name, len(lack), plural(len(lack), "trial"), lack[0])})
		}
	}
	return ws
}

// negligible is the share of calls below which nobody minds that the trial's end cut them off.
const negligible = 0.01

// stalled counts the parts or calls that the trial's end cut off, of all, where they are many and had waited for longer than those that ended. The
// end of a trial with a duration cuts something off in any case; zero: no more than that.
func (r *Row) stalled() (cut, all int) {
	if r.CutOff == 0 || r.Latency == nil || !r.Stat("p99_s").MaxCensored || float64(r.CutOff) < negligible*float64(r.Latency.Calls) {
		return 0, 0
	}
	return r.CutOff, int(r.Latency.Calls)
}

// timed are what response times are of.
func (w Workload) timed() string {
	if w.Calls {
		return "calls"
	}
	return "parts"
}

// cutOffWarnings say where calls were still waiting when the trial ended, which is no failure and yet no success.
func cutOffWarnings(a *Analysis) (ws []Warning) {
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			row := &c.Rows[j]
			if cut, all := row.stalled(); cut > 0 {
				ws = append(ws, Warning{Kind: WarnCutOff, Cell: c.Name(), Contestant: row.Contestant, Text: fmt.Sprintf(
					"%d of %d %s (%s) were still waiting when the trial ended, and some of them longer than any that got an answer: that is no failure, "+
						"but nobody knows how long they would have taken; percentiles with \">\" are lower limits", cut, all, a.Workload.timed(), percent(float64(cut)/float64(all)))})
			}
		}
	}
	return ws
}

// windowWarnings say where the ledger has lost the windows of trouble that a trial's numbers were computed with.
func windowWarnings(r *Run) []Warning {
	var lack []int
	for i := range r.Trials {
		t := &r.Trials[i]
		if troubled := t.RecoveryS != nil || t.RecoveryUnknown != "" || t.FaultLoad != nil; troubled && len(r.Windows[t.Trial]) == 0 {
			lack = append(lack, t.Trial)
		}
	}
	if len(lack) == 0 {
		return nil
	}
	if r.absent(record.LedgerFile) {
		return []Warning{{Kind: WarnAbsent, Text: record.LedgerFile + " was not kept with the run, so no view shows when the trouble was"}}
	}
	return []Warning{{Kind: WarnMismatch, Text: fmt.Sprintf("%s has no window of trouble of %d %s, of trial %d for one, and %s knows of some: it was changed after the run, so no view shows when the trouble was",
		record.LedgerFile, len(lack), plural(len(lack), "trial"), lack[0], record.TrialsFile)}}
}

// shortages says of each value of Trial.Saturated what it means.
var shortages = map[string]string{
	"cpu":   "processors were busy nearly all the time",
	"files": "file descriptors were nearly used up",
}

// saturatedWarnings say where the machine was the bottleneck, and by what.
func saturatedWarnings(a *Analysis, r *Run) (ws []Warning) {
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			row := &c.Rows[j]
			if row.Saturated == 0 {
				continue
			}
			var why []string
			for _, t := range r.Trials {
				if t.Contestant != row.Contestant || t.PartSize != c.PartSize || t.Concurrency != c.Concurrency || t.Saturated == "" {
					continue
				}
				if what := cmp.Or(shortages[t.Saturated], t.Saturated); !slices.Contains(why, what) {
					why = append(why, what)
				}
			}
			ws = append(ws, Warning{Kind: WarnSaturated, Cell: c.Name(), Contestant: row.Contestant, Text: fmt.Sprintf(
				"this machine was the bottleneck in %d of %d %s (%s), so its numbers say little about the contestant",
				row.Saturated, row.Trials, plural(row.Trials, "trial"), strings.Join(why, ", "))})
		}
	}
	return ws
}

// timeoutWarnings say whom the timeout of a trial has stopped.
func timeoutWarnings(a *Analysis, r *Run) (ws []Warning) {
	after := "the timeout"
	if r.Manifest.TimeoutS > 0 {
		after += " of " + units.Duration(time.Duration(r.Manifest.TimeoutS*float64(time.Second))).String()
	}
	for _, c := range a.Cells {
		for _, name := range a.Contestants {
			trials, stopped, objects := 0, 0, 0
			for _, t := range r.Trials {
				if t.Contestant != name || t.PartSize != c.PartSize || t.Concurrency != c.Concurrency {
					continue
				}
				objects += t.Objects
				if t.TimedOut > 0 {
					trials++
					stopped += t.TimedOut
				}
			}
			if trials == 0 {
				continue
			}
			w := Warning{Kind: WarnTimeout, Cell: c.Name(), Contestant: name}
			if _, program := r.Manifest.Commands[name]; program {
				w.Text = fmt.Sprintf("%d of %d runs of the command were killed after %s", stopped, objects, strings.TrimPrefix(after, "the timeout of "))
			} else {
				w.Text = fmt.Sprintf("%d %s ran into %s: the contestant was still waiting with %d %s", trials, plural(trials, "trial"), after, stopped, plural(stopped, "object"))
			}
			ws = append(ws, w)
		}
	}
	return ws
}

func oracleWarnings(c *Cell, wanted bool) (ws []Warning) {
	for _, row := range c.Rows {
		g := row.Stat("goodput_mib_s")
		if !row.Oracle || g.N == 0 {
			continue
		}
		if done := statOf(row.done); c.BoundMiBs != nil && statOf(row.most).Median < weakOracle**c.BoundMiBs {
			so := "a weak yardstick, so efficiencies are too high"
			if len(c.Windows) > 0 { // the bound leaves them out
				so = "a weak yardstick, or what the windows of trouble cost everybody"
			}
			ws = append(ws, Warning{Kind: WarnWeakOracle, Cell: c.Name(), Contestant: OracleName, Text: fmt.Sprintf(
				"reached %s of the %s MiB/s that quota and link allow (%s): %s",
				wideSpread(done), wideSpread(c.Bound), percent(done.Median / *c.BoundMiBs), so)})
		}
		return ws
	}
	if wanted {
		ws = append(ws, Warning{Kind: WarnNoOracle, Cell: c.Name(), Text: "no trial of the oracle counts, so there is no efficiency"})
	}
	return ws
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
