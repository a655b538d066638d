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
		if x, ok := pointAt(l.Response, share); !ok || math.Abs(x.S-want) > 0.001 {
			t.Errorf("share %v: %v %v, want %v", share, x.S, ok, want)
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
	values := func(v ...float64) (s []sample) {
		for _, x := range v {
			s = append(s, sample{value: x})
		}
		return s
	}
	row := func(metric string, s []sample) *Row {
		r := &Row{Values: map[string]Stat{metric: statOf(s)}, seeded: map[string]map[seeded]sample{metric: {}}}
		for i, x := range s {
			r.seeded[metric][seeded{repeat: i, seed: 1}] = x
		}
		return r
	}
	const ratio, difference = "goodput_mib_s", "recovery_s"
	late := values(1, 2, 3, 4, 5, 6)
	late[5].censored = true
	for name, c := range map[string]struct {
		metric  string
		s, base []sample
		want    Delta
	}{
		"sure by pairs, though the intervals overlap": {ratio, values(11, 22, 33, 44, 55, 66.6), values(10, 20, 30, 40, 50, 60), Delta{Known: true, By: 0.1, Low: 0.1, High: 0.11}},
		"to and fro":                           {ratio, values(101, 99, 101, 99, 103, 101), values(100, 100, 100, 100, 100, 100), Delta{Known: true, By: 0.01, Low: -0.01, High: 0.03, Unsure: true}},
		"two repeats are no proof":             {ratio, values(10, 10.1), values(9.9, 9.95), Delta{Known: true, By: (10/9.9+10.1/9.95)/2 - 1, Unsure: true}},
		"one repeat":                           {ratio, values(11), values(10), Delta{Known: true, By: 0.1, Unsure: true}},
		"seconds":                              {difference, values(3, 3, 3, 3, 3, 4), values(0, 0, 0, 0, 0, 0), Delta{Known: true, By: 3, Low: 3, High: 4}},
		"a baseline of zero":                   {ratio, values(3, 3), values(0, 0), Delta{}},
		"a baseline that is zero once":         {ratio, values(11, 11, 11, 11, 11, 11), values(10, 10, 0, 10, 10, 10), Delta{Known: true, By: 0.1, Unsure: true}},
		"one that was not back":                {difference, late, values(1, 1, 1, 1, 1, 1), Delta{Known: true, By: 2.5, Unsure: true}},
		"more than half of them were not back": {difference, []sample{{3, true}}, values(1), Delta{}},
		"nothing":                              {ratio, nil, values(1), Delta{}},
	} {
		if c.want.Low == 0 {
			c.want.Low, c.want.High = c.want.By, c.want.By
		}
		got := deltaOf(row(c.metric, c.s), row(c.metric, c.base), c.metric)
		if got.Known != c.want.Known || got.Unsure != c.want.Unsure || math.Abs(got.By-c.want.By) > 1e-9 || math.Abs(got.Low-c.want.Low) > 1e-9 || math.Abs(got.High-c.want.High) > 1e-9 {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for want, d := range map[string]Delta{
		"2,+10%,+8.0% to +12%": {Known: true, By: 0.1, Low: 0.08, High: 0.12}, "1,~+1.3%": {Known: true, By: 0.013, Low: 0.013, High: 0.013, Unsure: true}, "0,baseline": {Self: true}, "": {},
	} {
		if got := deltaText(d, ratio); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
	k := gridRun
	k.partSizes, k.concurrency = []int64{8}, []int{1, 4}
	_, a := analysed(t, k)
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
	got, middle := clientsOf(r, trials) // of 1, 2, 3 and of 5, 9, 4; in the middle of 3, 5.5, 3.5
	if len(got) != 2 || got[0].Median != 2 || got[0].Low != 1 || got[0].High != 3 || got[1].Median != 5 || middle.Median != 3.5 || middle.High != 5.5 {
		t.Errorf("%+v, %+v", got, middle)
	}
}

// The columns' medians are 1 and 1, and the sums are 10, 2 and 11.
func TestBudgetIsTheMedianOfSums(t *testing.T) {
	trial := func(slot, server float64) *record.Trial { return &record.Trial{SlotS: &slot, ServerS: &server} }
	if s := budgetOf([]*record.Trial{trial(1, 9), trial(1, 1), {}, trial(10, 1)}); s.Median != 10 || s.Low != 2 || s.High != 11 || s.N != 3 {
		t.Errorf("%+v", s)
	}
}

// Half of the calls of two trials take 10 ms and of one 100 ms: whole trials are drawn, so the median may be either. Of one trial nothing is known.
func TestLatencyIntervals(t *testing.T) {
	r := &Run{Details: map[int]*record.Detail{1: {Trial: 1, Response: encoded(t, 10, 10, 10)}, 2: {Trial: 2, Response: encoded(t, 10, 10, 10)}, 3: {Trial: 3, Response: encoded(t, 100, 100, 100)}}}
	trials := []*record.Trial{{Trial: 1}, {Trial: 2}, {Trial: 3}, {Trial: 4}}
	l := latenciesOf(histogramsOf(r, trials), r, trials)
	if longest := l.Longest; longest.N != 3 || math.Abs(longest.Median-0.01) > 1e-4 || math.Abs(longest.Max-0.1) > 1e-3 {
		t.Errorf("longest %+v", longest)
	}
	x, ok := pointAt(l.Response, 0.5)
	if s := x.stat(); !ok || math.Abs(s.Median-0.01) > 1e-4 || math.Abs(s.Low-0.01) > 1e-4 || math.Abs(s.High-0.1) > 1e-3 {
		t.Errorf("%+v", s)
	}
	if got := secondsInterval(x.stat()); !strings.HasSuffix(got, "–100) ms") {
		t.Error(got)
	}
	if x, _ := pointAt(latenciesOf(histogramsOf(r, trials[:1]), r, trials[:1]).Response, 0.5); x.LowS != nil {
		t.Errorf("one trial has an interval: %+v", x)
	}
}

func TestActivity(t *testing.T) {
	r := &Run{Timeline: map[int][]record.Tick{}}
	for trial := 1; trial <= 2; trial++ {
		for i := range 20 {
			r.Timeline[trial] = append(r.Timeline[trial], record.Tick{Trial: trial, TS: float64(i) / 10, Attempts: trial, Throttled: 1, ClientError: 1, ServerError: 1, ConnError: 1, InFlight: 4})
		}
	}
	points := activityOf(r, []*record.Trial{{Trial: 1}, {Trial: 2}})
	for _, p := range points {
		if math.Abs(p.Attempts-15) > 1e-9 || math.Abs(p.Throttled-10) > 1e-9 || math.Abs(p.Failed-30) > 1e-9 || math.Abs(p.InFlight-4) > 1e-9 { // 1 and 2 in each tenth of a second
			t.Errorf("%+v", p)
		}
	}
	if len(points) == 0 {
		t.Error("no points")
	}
}

// A trial with bins of a second beside one with bins of a tenth keeps its time, and so does the other.
func TestTimelinesOfTwoWidths(t *testing.T) {
	r := &Run{Timeline: map[int][]record.Tick{}}
	for i := range 50 {
		r.Timeline[1] = append(r.Timeline[1], record.Tick{TS: float64(i) / 10, Attempts: 1, GoodputMiBs: 10, InFlight: 2})
	}
	for i := range 5 {
		r.Timeline[2] = append(r.Timeline[2], record.Tick{TS: float64(i), Attempts: 10, GoodputMiBs: 10, InFlight: 2})
	}
	r.Timeline[3] = []record.Tick{{Attempts: 8, GoodputMiBs: 10, InFlight: 2}}
	for name, c := range map[string]struct {
		trials []*record.Trial
		end    float64
	}{
		"both":      {[]*record.Trial{{Trial: 1}, {Trial: 2}}, 5},
		"wide bins": {[]*record.Trial{{Trial: 2}}, 5},
		"one bin":   {[]*record.Trial{{Trial: 3, WallS: 0.9}}, 1},
	} {
		series, activity := seriesOf(r, c.trials), activityOf(r, c.trials)
		if len(series) == 0 || len(activity) == 0 {
			t.Fatalf("%s: no points", name)
		}
		if last := series[len(series)-1].TS; last > c.end || last < c.end-0.6 {
			t.Errorf("%s: the line ends at %v s, want %v", name, last, c.end)
		}
		for _, p := range series {
			if math.Abs(p.Median-10) > 1e-9 {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if last := activity[len(activity)-1].TS; last > c.end || last < c.end-0.6 {
			t.Errorf("%s: the activity ends at %v s, want %v", name, last, c.end)
		}
		for _, p := range activity {
			if want := map[bool]float64{true: 8, false: 10}[name == "one bin"]; math.Abs(p.Attempts-want) > 1e-9 || math.Abs(p.InFlight-2) > 1e-9 {
				t.Errorf("%s: %+v", name, p)
			}
		}
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
		"rude":    {slices.Concat(many("a", 50, 0, 6), many("b", 90, 1, 6)), "Of 2 contestants, a moved", "b (90.0±<1% MiB/s, but lost 6 of 60)", "overlap"},
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
