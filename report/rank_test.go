package report

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/internal/record"
)

func losing(failed, objects int) func(*record.Trial) {
	return func(t *record.Trial) { t.FailedObjects, t.Objects = failed, objects }
}

// Who gives up early has a short trial, and so much goodput. It is none the better for it.
func TestLostUploadsRankLast(t *testing.T) {
	r := run(
		trialOf(1, "oracle", 1, 50, losing(0, 2)), trialOf(2, "hasty", 1, 99, losing(1, 2)), trialOf(3, "slow", 1, 40, losing(0, 2)),
		trialOf(4, "careful", 1, 45, losing(0, 2)), trialOf(5, "none", 1, 0, losing(2, 2)), trialOf(6, "broken", 1, 60, status(record.TrialFailed)),
		trialOf(7, "half", 1, 30, losing(2, 4)),
	)
	r.Manifest.Contestants = nil
	a := Analyse(r)
	want := []string{"careful", "slow", "hasty", "half", "none", "broken", "oracle"}
	var cell, all []string
	for _, r := range a.Cells[0].Rows {
		cell = append(cell, r.Contestant)
	}
	for _, o := range a.Overall {
		all = append(all, o.Contestant)
	}
	if !slices.Equal(cell, want) || !slices.Equal(all, want) {
		t.Errorf("order in the cell %v\nover all %v\nwant %v", cell, all, want)
	}
}

// A loss in one cell counts in the order over all cells, and the table says what it was.
func TestLostUploadsRankLastOverAllCells(t *testing.T) {
	other := func(t *record.Trial) { t.Concurrency = 8 }
	a := Analyse(run(
		trialOf(1, "a", 1, 90, losing(0, 2)), trialOf(2, "b", 1, 10, losing(0, 2)),
		trialOf(3, "a", 1, 90, losing(1, 2), other), trialOf(4, "b", 1, 10, losing(0, 2), other),
	))
	if o := a.Overall[1]; o.Contestant != "a" || o.FailedObjects != 1 || o.Objects != 4 {
		t.Errorf("last over all cells = %+v", o)
	}
	var b strings.Builder
	if err := Table(&b, a, TableOptions{}); err != nil || !strings.Contains(b.String(), "1/4") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

// The order is one: it is the same whatever the order before.
func TestRankIsAnOrder(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) standing {
		n := rapid.IntRange(0, 4).Draw(t, "objects")
		return standing{
			rapid.Bool().Draw(t, "oracle"), rapid.Bool().Draw(t, "none"), rapid.IntRange(0, n).Draw(t, "failed"), n,
			float64(rapid.IntRange(0, 3).Draw(t, "goodput")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if rank(a, b) != -rank(b, a) {
			t.Fatalf("rank is %d, and %d the other way", rank(a, b), rank(b, a))
		}
		if rank(a, b) <= 0 && rank(b, c) <= 0 && rank(a, c) > 0 {
			t.Fatal("rank is not transitive")
		}
	})
}
