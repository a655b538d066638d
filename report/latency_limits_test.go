package report

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

// What is only known to be more is so in the page's numbers, curves and words, and in the files for other tools.
func TestPageOfCallsThatWereCutOff(t *testing.T) {
	a := Analyse(stalledRun(t, 51, true))
	l := a.Cells[0].Rows[0].Latency
	if l.Limits != 51 || !l.Longest.Censored || !l.Longest.MaxCensored {
		t.Errorf("%d limits, longest %+v", l.Limits, l.Longest)
	}
	for _, x := range l.Response {
		if x.Censored != (x.Share < 0.51-1e-9) {
			t.Errorf("the point at %v: %+v", x.Share, x)
		}
	}
	page := pageOf(t, a, HTMLOptions{})
	_, section, _ := strings.Cut(page, `id="latency"`)
	for _, want := range []string{
		"<td>&gt;9.41 s</td>", "<td>&gt;9.91 s</td>", "or were cut off (logarithmic", "of the longest 51 of 100 calls it is known only that they took longer", "cross: who took longer was cut off",
	} {
		if !strings.Contains(section, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(section, "5.0% of calls took longer than") || strings.Contains(section, "<td>9.41 s</td>") {
		t.Error("a limit stands as a time that was measured")
	}
	if page := pageOf(t, Analyse(stalledRun(t, 0, false)), HTMLOptions{}); strings.Contains(page, "cross: who") || !strings.Contains(page, "<td>9.41 s</td>") {
		t.Error("a limit where none is")
	}

	dir := t.TempDir()
	if err := writeLatency(dir, a); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, LatencyDir, "*-response.hgrm"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if last := bytes.TrimSpace(b); err != nil || !bytes.HasSuffix(last, []byte("#[Of the longest 51 of 100 only a lower limit is known: the trials' end cut calls off.]")) {
		t.Errorf("%v\n%s", err, last)
	}
}

// One trial of three ended early. Its limits are at 5 ms: what took longer anywhere is not known as a share of all.
func TestLimitsOfSeveralTrials(t *testing.T) {
	trials := []*record.Trial{{Trial: 1}, {Trial: 2}, {Trial: 3}}
	r := &Run{Details: map[int]*record.Detail{
		1: {Trial: 1, Response: encoded(t, 1, 2, 3, 4, 5, 6, 7, 8)}, 2: {Trial: 2, Response: encoded(t, 1, 2, 3, 4, 5, 6, 7, 8)},
		3: {Trial: 3, Response: encoded(t, 1, 5, 5, 5), ResponseLimits: 3, Busy: encoded(t, 1, 1, 1, 1)},
	}}
	l := latenciesOf(histogramsOf(r, trials), r, trials)
	if l.Calls != 20 || l.Limits != 9 || !l.Longest.MaxCensored || l.Longest.LowCensored || len(l.Busy) == 0 || l.Busy[0].Censored {
		t.Errorf("%+v", l)
	}
	for share, want := range map[float64]bool{0.5: false, 0.4: true, 0.3: true, 0.05: true} { // 11 of 20 are up to 5 ms
		if x, ok := pointAt(l.Response, share); !ok || x.Censored != want {
			t.Errorf("share %v: %+v", share, x)
		}
	}
	if x, _ := pointAt(l.Response, 0.5); x.LowS == nil || x.LowCensored || !x.HighCensored { // the third trial may be drawn twice
		t.Errorf("the median %+v", x)
	}
}

// Whatever the limits stand for, a point that is not marked stays where it is, and none moves down.
func TestLimitsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seen, meant [][]lasted
		for range rapid.IntRange(1, 4).Draw(t, "trials") {
			us := rapid.SliceOfN(rapid.Int64Range(1, 40), 1, 12).Draw(t, "us")
			slices.Sort(us)
			limits := rapid.IntRange(0, len(us)).Draw(t, "limits")
			var as, were []lasted
			for i, x := range us {
				limit := i >= len(us)-limits
				as = append(as, lasted{length{x, limit}, 1})
				if limit {
					x += rapid.Int64Range(0, 60).Draw(t, "longer")
				}
				were = append(were, lasted{length{us: x}, 1})
			}
			seen, meant = append(seen, as), append(meant, were)
		}
		sorted := func(all [][]lasted) (us []int64) {
			for _, x := range slices.Concat(all...) {
				us = append(us, x.us)
			}
			slices.Sort(us)
			return us
		}
		known, n := knownOf(seen)
		as, were := sorted(seen), sorted(meant)
		if n != int64(len(as)) {
			t.Fatalf("%d calls of %d", n, len(as))
		}
		for i := range as {
			if int64(i) < known && were[i] != as[i] || were[i] < as[i] {
				t.Fatalf("time %d is %d and was %d; %d are known", i+1, as[i], were[i], known)
			}
		}
	})
}

func TestLimitsThatCannotBe(t *testing.T) {
	for _, d := range []record.Detail{
		{Trial: 7, Response: encoded(t, 1, 2), ResponseLimits: 3}, {Trial: 7, Response: encoded(t, 1, 2), ResponseLimits: -1}, {Trial: 7, BusyLimits: 1},
	} {
		if err := checkHistograms(&d); err == nil || !strings.Contains(err.Error(), "of trial 7 holds") {
			t.Errorf("%d and %d limits: %v", d.ResponseLimits, d.BusyLimits, err)
		}
	}
	if err := checkHistograms(&record.Detail{Response: encoded(t, 1, 2), ResponseLimits: 2}); err != nil {
		t.Error(err)
	}
}

// A draw of which some times are limits has an interval as wide as it may be.
func TestIntervalOfLimits(t *testing.T) {
	known, limit := sample{value: 1}, sample{value: 2, censored: true}
	for name, c := range map[string]struct {
		drawn     []sample
		high      float64
		low, more bool
	}{
		"known": {[]sample{known, known}, 1, false, false}, "one is a limit": {[]sample{known, limit}, 2, false, true}, "all are": {[]sample{limit, limit}, 2, true, true},
	} {
		var x Longer
		if x.within(c.drawn); math.Abs(*x.HighS-c.high) > 0 || x.LowCensored != c.low || x.HighCensored != c.more {
			t.Errorf("%s: %v to %v, %+v", name, *x.LowS, *x.HighS, x)
		}
	}
}
