package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/internal/record"
)

// Three trials are back after 1, 2 and 4 s, one was watched for 3 s. By hand: 1 of 4, then 1 of 3 of the rest, then the last one.
func TestRecoveries(t *testing.T) {
	trial := func(s float64, censored bool) *record.Trial {
		return &record.Trial{RecoveryS: &s, RecoveryCensored: censored}
	}
	got := recoveriesOf([]*record.Trial{trial(4, false), trial(3, true), trial(1, false), {}, trial(2, false)})
	want := []Recovered{{1, 0.25, false}, {2, 0.5, false}, {3, 0.5, true}, {4, 1, false}}
	if !slices.EqualFunc(got, want, func(a, b Recovered) bool {
		return a.AfterS == b.AfterS && a.Censored == b.Censored && math.Abs(a.Share-b.Share) < 1e-12
	}) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := recoveriesOf([]*record.Trial{trial(5, true), trial(5, true)}); got[1].Share != 0 {
		t.Errorf("nobody was back: %v", got)
	}
}

func TestRecoveriesGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var trials []*record.Trial
		for _, s := range rapid.SliceOf(rapid.Float64Range(0, 100)).Draw(t, "seconds") {
			trials = append(trials, &record.Trial{RecoveryS: &s, RecoveryCensored: rapid.Bool().Draw(t, "censored")})
		}
		last := 0.0
		for _, p := range recoveriesOf(trials) {
			if p.Share < last-1e-12 || p.Share > 1+1e-12 {
				t.Fatalf("share %v after %v", p.Share, last)
			}
			last = p.Share
		}
	})
}

// 100 calls of 1 ms to 100 ms: half took longer than 50 ms, one in ten longer than 90.
func TestLonger(t *testing.T) {
	var ms []int64
	for i := range int64(100) {
		ms = append(ms, i+1)
	}
	l := latencyOf(Histograms{Response: Histogram(encoded(t, ms...))})
	if l.Calls != 100 || l.Busy != nil {
		t.Fatalf("%+v", l)
	}
	for share, want := range map[float64]float64{0.5: 0.050, 0.1: 0.090, 0.05: 0.095} {
		if s, ok := longerAt(l.Response, share); !ok || math.Abs(s-want) > 0.001 {
			t.Errorf("share %v: %v %v, want %v", share, s, ok, want)
		}
	}
	if end := l.Response[len(l.Response)-1]; math.Abs(end.Share-0.01) > 1e-9 {
		t.Errorf("the last point is %+v", end)
	}
	if latencyOf(Histograms{}) != nil {
		t.Error("a latency of nothing")
	}
}

func TestDeltas(t *testing.T) {
	s := func(median, low, high float64) Stat { return Stat{Median: median, Low: low, High: high, N: 6} }
	for _, c := range []struct {
		s, base    Stat
		difference bool
		want       Delta
	}{
		{s(110, 108, 112), s(100, 98, 102), false, Delta{Known: true, By: 0.1}},
		{s(101, 95, 105), s(100, 98, 102), false, Delta{Known: true, By: 0.01, Unsure: true}},
		{s(3, 3, 3), s(0, 0, 0), true, Delta{Known: true, By: 3}},
		{s(3, 3, 3), s(0, 0, 0), false, Delta{}},
		{Stat{Median: 3, Low: 3, High: 3, N: 6, Censored: true}, s(1, 1, 1), true, Delta{}},
		{Stat{}, s(1, 1, 1), false, Delta{}},
	} {
		got := deltaOf(c.s, c.base, c.difference)
		if got.Known != c.want.Known || got.Unsure != c.want.Unsure || math.Abs(got.By-c.want.By) > 1e-9 {
			t.Errorf("%+v to %+v: %+v, want %+v", c.s, c.base, got, c.want)
		}
	}
	_, a := analysed(t, gridRun)
	for i := range a.Cells {
		for _, r := range a.Cells[i].Rows {
			d := r.Deltas["goodput_mib_s"][slices.Index(a.Baselines, r.Contestant)]
			if !d.Self || d.By != 0 {
				t.Errorf("%s to itself: %+v", r.Contestant, d)
			}
		}
	}
}

func TestClients(t *testing.T) {
	r := &Run{Details: map[int]*record.Detail{1: {Clients: []float64{1, 5}}, 2: {Clients: []float64{9, 2}}, 3: {Clients: []float64{4, 3}}, 4: {Clients: []float64{7}}}}
	trials := []*record.Trial{{Trial: 1}, {Trial: 2}, {Trial: 3}, {Trial: 4}, {Trial: 5}}
	if got := clientsOf(r, trials); !slices.Equal(got, []float64{2, 5}) { // of 1, 2, 3 and of 5, 9, 4
		t.Errorf("%v", got)
	}
}

func TestActivity(t *testing.T) {
	r := &Run{Timeline: map[int][]record.Tick{}}
	for trial := 1; trial <= 2; trial++ {
		for i := range 20 {
			r.Timeline[trial] = append(r.Timeline[trial], record.Tick{Trial: trial, TS: float64(i) / 10, Attempts: trial, Throttled: 1, InFlight: 4})
		}
	}
	points := activityOf(r, []*record.Trial{{Trial: 1}, {Trial: 2}})
	for _, p := range points {
		if math.Abs(p.Attempts-15) > 1e-9 || math.Abs(p.Throttled-10) > 1e-9 || p.InFlight != 4 { // 1 and 2 in each tenth of a second
			t.Errorf("%+v", p)
		}
	}
	if len(points) == 0 {
		t.Error("no points")
	}
}

func TestConclusions(t *testing.T) {
	many := func(name string, goodput float64, lost int, n int) (trials []record.Trial) {
		for i := range n {
			tr := trialOf(0, name, i+1, goodput+float64(i)/100)
			tr.Objects, tr.FailedObjects, tr.Amplification = 10, lost, 1.5
			trials = append(trials, tr)
		}
		return trials
	}
	for name, c := range map[string]struct {
		trials  []record.Trial
		want    string
		but     string
		without string
	}{
		"clear":   {slices.Concat(many("a", 50, 0, 6), many("b", 40, 0, 6)), "Of 2 contestants, a moved the most verified bytes without losing an upload: 50.0 MiB/s", "", "overlap"},
		"tie":     {slices.Concat(many("a", 50, 0, 6), many("b", 50, 0, 6)), "Of 2 contestants, a moved", "does not show that anybody is better", ""},
		"rude":    {slices.Concat(many("a", 50, 0, 6), many("b", 90, 1, 6)), "Of 2 contestants, a moved", "b (90.0 MiB/s, but lost 6 of 60)", "overlap"},
		"all bad": {slices.Concat(many("a", 50, 1, 6), many("b", 40, 2, 6)), "a lost the smallest share of its uploads (6 of 60, 10%) and moved 50.0", "", ""},
		"alone":   {many("a", 50, 0, 6), "a lost none of its uploads and moved 50.0 MiB/s", "", "overlap"},
		"few":     {slices.Concat(many("a", 50, 0, 2), many("b", 40, 0, 2)), "a moved", "a hint and no proof", ""},
		"nothing": {nil, "No trial has ended yet", "", ""},
	} {
		v := Analyse(run(c.trials...)).Verdict
		but := strings.Join(v.But, " ")
		if !strings.Contains(v.Text, c.want) || !strings.Contains(but, c.but) || c.without != "" && strings.Contains(but, c.without) {
			t.Errorf("%s: %s | %s", name, v.Text, but)
		}
		if strings.Contains(v.Text, "\n") || strings.Count(v.Text, ". ") > 0 {
			t.Errorf("%s: more than one sentence: %s", name, v.Text)
		}
	}
}
