package report

import (
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"github.com/ratebench/ratebench/internal/record"
)

func TestLooksAreDifferent(t *testing.T) {
	a := &Analysis{}
	for i := range 84 {
		a.Contestants = append(a.Contestants, "c"+strconv.Itoa(i))
	}
	seen := map[draw.GlyphStyle]string{}
	for _, name := range a.Contestants {
		if other, ok := seen[look(a, name)]; ok {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[look(a, name)] = name
	}
}

// With many contestants every one of them is somewhere, no picture grows without end, and the numbers add up.
func TestPlotsOfManyContestants(t *testing.T) {
	r := &Run{Timeline: map[int][]record.Tick{}}
	for i := range 66 {
		name, goodput := "c"+strconv.Itoa(i), float64(100-i)
		switch {
		case i == 0:
			name = OracleName
		case i >= 3 && i < 30:
			goodput = 90
		}
		n := i + 1
		r.Trials = append(r.Trials, trialOf(n, name, 1, goodput, func(t *record.Trial) { t.Amplification = 1 + float64(n%7+1)*1e-4 }))
		r.Timeline[n] = []record.Tick{{GoodputMiBs: goodput}, {TS: 0.1, GoodputMiBs: goodput}}
	}
	a := Analyse(r)
	ps, _ := pictures(a)
	svgs := svgsOf(t, a)
	line := svgs["goodput-over-time"]
	if n := strings.Count(line, "MiB/s, amplification"); n != maxPanels {
		t.Errorf("%d panels", n)
	}
	if n := strings.Count(svgs["retries"], ">no calls<"); n != maxPanels+1 {
		t.Errorf("retries has %d bars, want the best %d and the oracle", n, maxPanels)
	}
	if !strings.Contains(svgs["retries"], ">c3 +26<") || strings.Contains(svgs["retries"], ">c4<") {
		t.Error("who is alike has more than one bar of retries")
	}
	counted := 0
	places, note := shown(a)
	for _, d := range places {
		counted += 1 + d.others
	}
	if counted != 38+1 || !strings.Contains(note, "; 27 are left out") {
		t.Errorf("%d contestants have a place: %s", counted, note)
	}
	panels, left := bestPanels(&a.Cells[0])
	shown := 0
	for _, p := range panels {
		shown += 1 + p.others
	}
	if shown+left != 65 || !strings.Contains(ps[0].Caption, strconv.Itoa(left)+" are left out") {
		t.Errorf("%d shown and %d left out of 65: %s", shown, left, ps[0].Caption)
	}
	if !strings.Contains(line, ">c3 +26<") {
		t.Error("who is alike has no common panel")
	}
	for _, p := range ps[:2] {
		if p.height > 1700*px {
			t.Errorf("%s is %v pixels high", p.Name, p.height/px)
		}
	}
	// The points stand for everybody: each for itself and for the others that its legend counts.
	marks, top1, far := marksOf(a, &a.Cells[0])
	ax := paretoAxes(box(0, 0, 700, 400), top1, far)
	all := 0
	for i, m := range mergeMarks(marks, ax) {
		all += 1 + m.others
		if m.rank < i+1 {
			t.Errorf("point %d has rank %d", i+1, m.rank)
		}
	}
	if all != 66 {
		t.Errorf("the points stand for %d contestants", all)
	}
	if !strings.Contains(svgs["goodput-amplification"], ">1  c1<") {
		t.Error("the legend has no numbers")
	}
}
