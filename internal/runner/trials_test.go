package runner

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// pretended is a run whose trials take a time and leave a row.
func pretended(t *testing.T, parallel int, run func(ctx context.Context, t Trial) *Outcome) Config {
	t.Helper()
	folder, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	return Config{
		Plan:   NewPlan(Grid{Contestants: []string{"a", "b", "c"}, Oracle: "oracle", PartSizes: []int64{5}, Concurrencies: []int{1}, Repeats: 2, Seed: 1}),
		Folder: folder, Parallel: parallel, Trial: run,
	}
}

func row(t Trial, goodput float64) record.Trial {
	return record.Trial{
		Trial: t.Ordinal, Contestant: t.Contestant, PartSize: t.PartSize, Concurrency: t.Concurrency, Repeat: t.Repeat, Seed: t.Seed,
		GoodputMiBs: goodput, Status: record.TrialOK,
	}
}

func written(t *testing.T, c Config) (order []int, rows []record.Trial) {
	t.Helper()
	if err := c.Folder.Trials(func(r *record.Trial) error {
		order, rows = append(order, r.Trial), append(rows, *r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return order, rows
}

// Trials that run side by side are written in the order of the plan, each with the efficiency that the oracle of its cell
// gives it, whichever ended first.
func TestParallelTrialsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running, most := make(chan int, 1), 0
		running <- 0
		c := pretended(t, 3, func(_ context.Context, tr Trial) *Outcome {
			n := <-running + 1
			most = max(most, n)
			running <- n
			time.Sleep(time.Duration(10-tr.Ordinal) * time.Second) // later ones are faster
			running <- <-running - 1
			goodput := 2.0
			if tr.Oracle {
				goodput = 4
			}
			return &Outcome{Row: row(tr, goodput)}
		})
		if err := Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		order, rows := written(t, c)
		for i, n := range order {
			if n != i+1 {
				t.Fatalf("written in the order %v", order)
			}
			if e := rows[i].Efficiency; rows[i].Contestant == "oracle" && e != nil || rows[i].Contestant != "oracle" && (e == nil || *e != 0.5) {
				t.Errorf("%s has the efficiency %v", rows[i].Contestant, e)
			}
		}
		if len(order) != 8 || most != 3 {
			t.Errorf("%d trials were written, %d ran at a time", len(order), most)
		}
	})
}

// An interrupt keeps the trials that have ended, also those behind one that has not.
func TestInterruptKeepsWhatEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		c := pretended(t, 4, func(ctx context.Context, tr Trial) *Outcome {
			if tr.Ordinal == 2 || tr.Ordinal > 4 {
				<-ctx.Done()
			}
			return &Outcome{Row: row(tr, 1)}
		})
		time.AfterFunc(time.Minute, func() { cancel(why) })
		if err := Run(ctx, c); !errors.Is(err, why) {
			t.Errorf("ended with %v", err)
		}
		if order, _ := written(t, c); len(order) != 3 || order[0] != 1 || order[1] != 3 || order[2] != 4 {
			t.Errorf("kept %v, want 1, 3 and 4", order)
		}
	})
}

// The goroutines of a trial that hung are in a file of their own.
func TestStacksAreWritten(t *testing.T) {
	c := pretended(t, 0, func(_ context.Context, tr Trial) *Outcome {
		out := Failed(tr, errors.New("it hung"))
		out.Stacks = "goroutine of trial"
		return out
	})
	err := Run(t.Context(), c)
	if !errors.Is(err, ErrTrial) || !strings.Contains(err.Error(), "8 of 8") {
		t.Errorf("ended with %v", err)
	}
	if _, err := record.Open(c.Folder.Dir()); err == nil {
		t.Error("there is a manifest, which this run does not write")
	}
}
