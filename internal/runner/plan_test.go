package runner

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlanRotates(t *testing.T) {
	p := NewPlan(Grid{
		Contestants: []string{"A", "B", "C"}, Oracle: "o", PartSizes: []int64{5, 8}, Concurrencies: []int{1},
		Repeats: 3, Seed: 1,
	})
	var order []string
	for i, trial := range p.Trials {
		if trial.Ordinal != i+1 {
			t.Errorf("trial %d has ordinal %d", i+1, trial.Ordinal)
		}
		if trial.Oracle != (trial.Contestant == "o") {
			t.Errorf("trial %d (%s): oracle is %v", trial.Ordinal, trial.Contestant, trial.Oracle)
		}
		order = append(order, trial.Contestant)
	}
	if got, want := strings.Join(order, ""), "oABCoABC"+"oBCAoBCA"+"oCABoCAB"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
}

func TestPlanSeeds(t *testing.T) {
	p := NewPlan(Grid{Contestants: []string{"A", "B"}, PartSizes: []int64{5, 8}, Concurrencies: []int{1, 2}, Repeats: 2, Seed: 9})
	seeds := map[int]map[uint64]bool{}
	for _, trial := range p.Trials {
		if seeds[trial.Repeat] == nil {
			seeds[trial.Repeat] = map[uint64]bool{}
		}
		seeds[trial.Repeat][trial.Seed] = true
	}
	if len(seeds[1]) != 1 || len(seeds[2]) != 1 || fmt.Sprint(seeds[1]) == fmt.Sprint(seeds[2]) {
		t.Errorf("seeds by repeat: %v; all trials of a repeat share one, and repeats differ", seeds)
	}
}

func TestEmptyPlan(t *testing.T) {
	if p := NewPlan(Grid{Repeats: 2, PartSizes: []int64{1}, Concurrencies: []int{1}}); len(p.Trials) != 0 {
		t.Errorf("a grid without contestants has %d trials", len(p.Trials))
	}
}
