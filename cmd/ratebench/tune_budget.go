package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ratebench/ratebench/internal/tune"
)

// budgetFile is the file in --out that says what --budget was enough for.
const budgetFile = "tune-budget.json"

// budgeted is what is in it. A search that goes on has to go on with the same number: the pilot is there already then, and takes no
// time that could tell anything.
type budgeted struct {
	Budget string `json:"budget"` // as --budget gave it, such as "2m0s"
	Trials int    `json:"trials"` // what it was enough for
}

// pilot finds out how many measurements a budget of time is enough for. What it measures is not lost.
func (t *tuning) pilot(ctx context.Context) (int, error) {
	known, err := t.readBudget()
	if err != nil {
		return 0, err
	}
	var jobs []tune.Job
	for i, b := range t.baselines {
		if b.Name == "" {
			b.Name = fmt.Sprintf("%s@baseline-%d", b.Contestant, i+1)
		}
		b.Results = map[int]tune.Result{}
		jobs = append(jobs, tune.Job{Candidate: b, Seeds: []int{1, pilotSeeds}})
	}
	start := time.Now()
	if err := t.runs.Evaluate(ctx, "pilot", jobs); err != nil {
		return 0, err
	}
	if known > 0 {
		t.note("the budget of %v was found to be enough for about %d measurements", t.Budget, known)
		return known, nil
	}
	took, of := time.Since(start), len(jobs)*pilotSeeds
	// Of a pilot that was interrupted only the rest has been run just now.
	each := took / time.Duration(of)
	if t.runs.ran > 0 {
		each = time.Duration(float64(each) * float64(t.runs.trials) / float64(t.runs.ran))
	}
	each = max(each, time.Millisecond)
	least := t.leastTrials()
	n := min(max(int((t.Budget-took)/each), least), mostTrials)
	if err := t.writeBudget(n); err != nil {
		return 0, err
	}
	t.note("%d measurements took %v, so %v is enough for about %d", of, took.Round(time.Millisecond), t.Budget, n)
	if enough := time.Duration(least)*each + took; n == least && enough > t.Budget {
		t.note("no search has fewer, so it takes about %v", enough.Round(time.Millisecond))
	}
	return n, nil
}

// readBudget is what the budget of a search that goes on is enough for; 0: that is not known yet.
func (t *tuning) readBudget() (int, error) {
	if !t.Resume {
		return 0, nil
	}
	path := filepath.Join(t.runs.out, budgetFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading what the budget was enough for: %w", err)
	}
	var b budgeted
	if err := json.Unmarshal(text, &b); err != nil || b.Trials < 1 {
		return 0, usagef("%s does not say what the budget was enough for: begin anew in another folder", path)
	}
	if b.Budget != t.Budget.String() {
		return 0, usagef("%s holds a search with --budget %s: give the same again, or choose another folder with --out", t.runs.out, b.Budget)
	}
	return b.Trials, nil
}

// writeBudget keeps what the budget is enough for. The folder is there, since the pilot has been run.
func (t *tuning) writeBudget(n int) error {
	text, err := json.Marshal(budgeted{t.Budget.String(), n})
	if err == nil {
		err = os.WriteFile(filepath.Join(t.runs.out, budgetFile), append(text, '\n'), 0o666)
	}
	if err != nil {
		return fmt.Errorf("writing what the budget is enough for: %w", err)
	}
	return nil
}
