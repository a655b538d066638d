package report

import (
	"fmt"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// losses is what a side has at one place beside trials that count, and how many of those say little.
type losses struct {
	failed    int // failed, or invalid
	lacking   int // planned, and not run
	saturated int // of those that count: the machine was the bottleneck
	counted   int
}

// sound doubts a place that a gate is about and of which trials are lost: those that are left are a choice, and may be the better ones. The
// same goes for most of the trials being about the machine.
func (b *both) sound(cell string, o *CompareOptions) (doubts []string) {
	for i, l := range b.lost {
		side := [2]string{"base", "head"}[i]
		where := fmt.Sprintf("of %s (%s) in the %s", clean(b.contestant), cell, side)
		if !o.AllowFailed && l.failed > 0 {
			doubts = append(doubts, fmt.Sprintf("%d %s %s failed or %s invalid, and the others may be those that went well: "+
				"see why, or leave them out with --allow-failed", l.failed, plural(l.failed, "trial"), where, were(l.failed)))
		}
		if !o.AllowFailed && l.lacking > 0 {
			doubts = append(doubts, fmt.Sprintf("%d planned %s %s %s not run: finish the run with --resume, or do without them with --allow-failed",
				l.lacking, plural(l.lacking, "trial"), where, were(l.lacking)))
		}
		if !o.AllowSaturated && 2*l.saturated > l.counted {
			doubts = append(doubts, fmt.Sprintf("the machine was the bottleneck in %d of %d trials %s, so they are about the machine: "+
				"ask less of it, use --clock virtual, or take them as they are with --allow-saturated", l.saturated, l.counted, where))
		}
	}
	return doubts
}

// lose counts what each place has lost. Of a run that is not finished, a place lacks what it has less than repeats; where the scenario does not say
// how many those are, every place may lack all that does.
//
// It returns what no place accounts for, by run: a cell of which no run has a trial is in no place.
func lose(all []*both, base, head Side) (nowhere map[*Run]int) {
	nowhere = map[*Run]int{}
	for i, s := range []Side{base, head} {
		for _, r := range s.Runs {
			missing := r.Manifest.Trials - len(r.Trials)
			if missing <= 0 {
				continue
			}
			repeats := repeatsOf(&r.Manifest)
			if repeats > 0 {
				nowhere[r] = missing - r.lackedBy(all, repeats)
			}
			has := map[place]int{}
			for j := range r.Trials {
				has[placeOfTrial(&r.Trials[j])]++
			}
			planned := map[string]bool{}
			for _, name := range contestantsOf(r) {
				planned[name] = true
			}
			for _, b := range all {
				switch {
				case !planned[b.contestant]:
				case repeats == 0:
					b.lost[i].lacking += missing
				default:
					b.lost[i].lacking += min(missing, max(0, repeats-has[b.place]))
				}
			}
		}
	}
	return nowhere
}

// lackedBy is how many trials a run lacks in the cells of some places, those of contestants that are not compared and of the oracle counted.
func (r *Run) lackedBy(all []*both, repeats int) (n int) {
	has := map[place]int{}
	for i := range r.Trials {
		has[placeOfTrial(&r.Trials[i])]++
	}
	names := contestantsOf(r)
	if r.Manifest.Oracle && !slices.Contains(names, OracleName) {
		names = append(names, OracleName)
	}
	seen := map[place]bool{}
	for _, b := range all {
		for _, name := range names {
			p := place{name, b.partSize, b.concurrency}
			if !seen[p] {
				seen[p] = true
				n += max(0, repeats-has[p])
			}
		}
	}
	return n
}

func placeOfTrial(t *record.Trial) place { return place{t.Contestant, t.PartSize, t.Concurrency} }

// repeatsOf is how often a run was to run each cell; 0: not known.
func repeatsOf(m *record.Manifest) int {
	switch n := scenarioOf(m)["repeats"].(type) {
	case uint64:
		return int(n)
	case int64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// changed warns of runs of which the files do not have the same number of attempts: the numbers that are compared are those of trials.csv.
func (c *Comparison) changed(base, head Side) {
	for _, s := range []Side{base, head} {
		for _, r := range s.Runs {
			if differ := len(r.disagreements()); differ > 0 {
				c.Warnings = append(c.Warnings, Warning{Kind: WarnMismatch, Text: fmt.Sprintf(
					"%s: %s, %s and %s do not agree on the number of attempts in %d %s: a file was changed after the run, so do not trust what it says",
					clean(r.Dir), record.TrialsFile, record.AttemptsFile, record.LedgerFile, differ, plural(differ, "trial"))})
			}
		}
	}
}

// endings doubts runs that failed or broke off although no row of theirs says why.
func (c *Comparison) endings(base, head Side, o *CompareOptions) {
	if o.AllowFailed {
		return
	}
	for _, s := range []Side{base, head} {
		for _, r := range s.Runs {
			m := &r.Manifest
			explained := m.Trials > len(r.Trials)
			for i := range r.Trials {
				explained = explained || r.Trials[i].Status != record.TrialOK
			}
			switch {
			case explained: // it is doubted where its place is
			case m.Outcome == record.OutcomeFailed && m.Problem != "":
				c.doubt("the run in %s failed: %s; use its numbers all the same with --allow-failed", clean(r.Dir), clean(m.Problem))
			case m.Outcome == record.OutcomeFailed:
				c.doubt("the run in %s failed; use its numbers all the same with --allow-failed", clean(r.Dir))
			case m.Outcome == record.OutcomeRunning:
				c.doubt("the run in %s was not ended: wait for it, finish it with --resume, or use its numbers all the same with --allow-failed", clean(r.Dir))
			}
		}
	}
}
