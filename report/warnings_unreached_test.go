package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Where all trials of a cell ended before the trouble began, nobody has met it, and the reader is told: once, by the phase if there is one.
func TestTroubleThatNoTrialReached(t *testing.T) {
	calm, trouble := record.Phase{Name: "calm", ToS: 3}, record.Phase{Name: "trouble", FromS: 3, ToS: 5, Trouble: true}
	after := record.Phase{Name: "recovery", FromS: 5}
	phases := []record.Phase{calm, trouble, after}
	slow := Window{"slow", 3, 5}
	const told = "begins at 3 s, but no trial here took longer than 0.56 s: set workload.duration"
	for _, c := range []struct {
		name    string
		walls   []float64 // of the trials; the last one is of another cell
		phases  []record.Phase
		windows []Window
		want    []string
	}{
		{"a phase", []float64{0.5, 0.56, 9}, phases, []Window{slow}, []string{"phase trouble " + told}},
		{"a window", []float64{0.5, 0.56, 9}, nil, []Window{slow}, []string{"the window of slow " + told}},
		{"one trial met it", []float64{0.5, 3.2, 9}, phases, []Window{slow}, nil},
		{"the last phase", []float64{3.1, 4, 9}, phases, []Window{slow}, nil},
		{"no trial took any time", []float64{0, 0, 9}, phases, []Window{slow}, nil},
	} {
		r := run()
		r.Manifest.Phases, r.Windows = c.phases, map[int][]Window{}
		for i, wall := range c.walls {
			r.Trials = append(r.Trials, trialOf(i+1, "a", i+1, 50, func(t *record.Trial) {
				t.WallS = wall
				if i == len(c.walls)-1 {
					t.Concurrency = 8
				}
			}))
			r.Windows[i+1] = c.windows
		}
		var got []string
		for _, w := range Analyse(r).Warnings {
			if w.Kind == WarnUnreached {
				got = append(got, w.Text)
				if !strings.Contains(w.Cell, "4 in flight") {
					t.Errorf("%s: it is about %q", c.name, w.Cell)
				}
			}
		}
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The oracle is weak where all of its interval is below 95 % of the bound, and trouble is an excuse only where it was met.
func TestWeakOracle(t *testing.T) {
	bound := 100.0
	for _, c := range []struct {
		name     string
		goodputs []float64
		window   Window
		want     string // how the warning ends; empty: there is none
	}{
		{"98 %", []float64{98, 98, 98}, Window{}, ""},
		{"96 %", []float64{96, 96, 96}, Window{}, ""},
		{"94 %, and maybe more", []float64{93, 94, 95.5}, Window{}, ""},
		{"94 %", []float64{93, 94, 94.5}, Window{}, "so efficiencies are too high"},
		{"trouble after the end", []float64{90, 90, 90}, Window{"slow", 20, 30}, "so efficiencies are too high"},
		{"trouble before the end", []float64{90, 90, 90}, Window{"slow", 9, 30}, "what the windows of trouble cost everybody"},
		{"trouble without an end", []float64{90, 90, 90}, Window{"slow", 9, 0}, "what the windows of trouble cost everybody"},
		{"trouble in the warm-up alone", []float64{90, 90, 90}, Window{"slow", 0, 1}, "so efficiencies are too high"},
	} {
		r := run()
		r.Manifest.WarmUpS, r.Windows = 1, map[int][]Window{}
		for i, g := range c.goodputs {
			r.Trials = append(r.Trials, trialOf(i+1, OracleName, i+1, g, func(t *record.Trial) {
				t.WallS, t.Bytes, t.BoundMiBs = 10, int64(g*10*(1<<20)), &bound
			}))
			if c.window.Name != "" {
				r.Windows[i+1] = []Window{c.window}
			}
		}
		got := ""
		for _, w := range Analyse(r).Warnings {
			if w.Kind == WarnWeakOracle {
				got = w.Text
			}
		}
		if (got == "") != (c.want == "") || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q, want it to end in %q", c.name, got, c.want)
		}
	}
}
