package metrics

import (
	"math"

	"github.com/ratebench/ratebench/internal/record"
)

// maxBins keeps a clock gone wrong from eating all memory: a trial of more than a day has a timeline of one day.
const maxBins = 24 * 3600 * 10

// timeline counts a trial tenth by tenth of a second, the warm-up included, from its beginning to its end or the end of
// the last attempt, whichever is later.
//
// A part takes many bins: its bytes are spread evenly over the time of its successful attempt, since where in that
// time they moved is not recorded. The sums over all bins are the totals of the trial: goodput × width the bytes of
// verified objects and what was left unfinished; attempts, and the five classes together, the attempts; in flight × width the seconds of attempts.
func timeline(in Input, attempts []*record.Attempt, delivered []delivery) []record.Tick {
	end := in.WallS
	for _, a := range attempts {
		end = max(end, a.StartS+a.TookS)
	}
	for _, d := range delivered {
		end = max(end, d.to)
	}
	n := min(int(math.Ceil(min(end, maxBins)/record.BinS-1e-9)), maxBins)
	if n <= 0 {
		return nil
	}
	ticks := make([]record.Tick, n)
	for i := range ticks {
		ticks[i].Trial = in.Trial
		ticks[i].TS = float64(i) / 10
	}
	bins := grid{record.BinS, n}
	for _, a := range attempts {
		ticks[bins.at(a.StartS)].Attempts++
		countEnd(&ticks[bins.at(a.StartS+a.TookS)], a)
		bins.spread(a.StartS, a.StartS+a.TookS, func(i int, share float64) {
			ticks[i].InFlight += share * a.TookS / record.BinS
		})
	}
	for _, d := range delivered {
		bins.spread(d.from, d.to, func(i int, share float64) {
			ticks[i].GoodputMiBs += share * d.bytes / mib / record.BinS
		})
	}
	return ticks
}

// countEnd counts an attempt in the bin in which it ended.
func countEnd(t *record.Tick, a *record.Attempt) {
	switch {
	case a.Status < 200:
		t.ConnError++
	case a.Status < 400:
		t.OK++
	case a.Throttled():
		t.Throttled++
	case a.Status < 500:
		t.ClientError++
	default:
		t.ServerError++
	}
}

// grid is n bins of one width, in seconds.
type grid struct {
	width float64
	n     int
}

// at is the bin of a time; what lies outside belongs to the first or the last.
func (g grid) at(t float64) int { return min(max(int(t/g.width+1e-9), 0), g.n-1) }

// spread calls add for every bin between from and to with the share of that time that falls into it. The shares add up
// to 1.
func (g grid) spread(from, to float64, add func(i int, share float64)) {
	first, last := g.at(from), g.at(to)
	if last <= first || to <= from {
		add(first, 1)
		return
	}
	perSecond := math.Round(1 / g.width) // whole numbers divide without a rest
	left := 1.0
	for i := first; i < last; i++ {
		share := (float64(i+1)/perSecond - max(from, float64(i)/perSecond)) / (to - from)
		share = min(max(share, 0), left)
		add(i, share)
		left -= share
	}
	add(last, left)
}
