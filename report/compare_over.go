package report

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/stats"
)

// allCells stands for a cell in a change over all of them.
const allCells = "all cells"

// overCells is one metric of one contestant over all its cells: the geometric mean of their ratios. A ratio is that of the cell's medians,
// or the geometric mean of its pairs' ratios.
//
// Note: trials of the same seed are kept together over the cells, in the test and in the interval. They meet the same faults and are run one
// after the other, so they may all be slow at once; taken for independent, their mean would look surer than it is.
type overCells struct {
	cells      []*both
	asked      []*question // about the single cells; nil: neither side has a value there
	base, head [][]float64 // by cell, then seed: values of the seeds that every cell has
	left       [2]int      // trials of the base and the head with seeds that some cell has no trial of
	why        string      // there is no such mean; empty: there is
}

// over makes the questions about all cells of each contestant: of metrics that are above zero by their nature, where there are two cells or
// more. of are the questions about the metric in single cells, which are told if theirs is the only one.
func over(all []both, of []*question, m *compared) (qs []*question) {
	if !m.ratio {
		return nil
	}
	var names []string
	for i := range all {
		if !slices.Contains(names, all[i].contestant) {
			names = append(names, all[i].contestant)
		}
	}
	for _, name := range names {
		o := &overCells{}
		var known *question
		for i := range all {
			if all[i].contestant != name {
				continue
			}
			var in *question
			if j := slices.IndexFunc(of, func(q *question) bool { return q.at == &all[i] }); j >= 0 {
				in, known = of[j], of[j]
			}
			o.cells, o.asked = append(o.cells, &all[i]), append(o.asked, in)
		}
		switch {
		case known == nil: // nobody has a value anywhere
		case len(o.cells) == 1:
			known.change.only = true
		default:
			qs = append(qs, &question{metric: m, mean: o})
		}
	}
	return qs
}

// measureOver is measure of a question about all cells.
func (q *question) measureOver(w Workload, pairing bool, draws together) {
	o := q.mean
	q.change = Change{
		Cell: allCells, Cells: len(o.cells), Contestant: o.cells[0].contestant,
		Metric: q.metric.Name, Unit: q.metric.Unit, Better: q.metric.Better, P: 1, Adjusted: 1,
	}
	if o.why = o.lacks(w); o.why != "" {
		return
	}
	paired, equal := o.gather(q.metric, pairing)
	n, m := len(o.base[0]), len(o.head[0])
	if min(n, m) < fewest {
		o.why = fmt.Sprintf("%d and %d seeds of which every cell has a trial: a side needs %d at least", n, m, fewest)
		return
	}
	bases, heads := draws.of(0, n).means(o.base), draws.of(1, m).means(o.head)
	q.change.Base, q.change.Head = meanStat(o.base, bases), meanStat(o.head, heads)
	x, y := seedMeans(o.base), seedMeans(o.head)
	if paired {
		q.asked = !equal
		q.measurePairsOver(x, y)
		return
	}
	shares := make([]float64, len(bases))
	for i := range shares {
		shares[i] = change(heads[i] / bases[i])
	}
	q.change.Share = effect(change(q.change.Head.Median/q.change.Base.Median), shares)
	q.change.Amount = q.change.Share.times(q.change.Base.Median)
	q.meanShare = meanShare(x, y)
	q.meanAmount = q.meanShare.times(q.change.Base.Median)
	q.change.P, q.least, q.few = stats.RankSum(x, y), stats.LeastRankSum(x, y), stats.LeastOfSizes(n, m)
	q.asked = true
}

// measurePairsOver is measureOver of pairs, of which these are the logarithms of the means over the cells, by seed.
func (q *question) measurePairsOver(base, head []float64) {
	d := make([]float64, len(base))
	for i := range d {
		d[i] = head[i] - base[i]
	}
	q.change.Pairs = len(d)
	q.change.Share = &Effect{}
	if q.asked {
		q.change.Share, q.change.P = meanRatio(d), stats.PairedT(d)
	}
	q.change.Means = &Means{Base: math.Exp(stats.Mean(base)), Head: math.Exp(stats.Mean(head))}
	q.change.Amount = q.change.Share.times(q.change.Means.Base)
}

// change is by how much a ratio is above one. What rounding leaves of one is none: a rule may allow none.
func change(ratio float64) float64 {
	if d := ratio - 1; math.Abs(d) > 1e-12 {
		return d
	}
	return 0
}

// lacks says which cell has nothing to go into the mean; empty: none.
func (o *overCells) lacks(w Workload) string {
	for i, q := range o.asked {
		cell := Cell{Workload: w, PartSize: o.cells[i].partSize, Concurrency: o.cells[i].concurrency}
		where := "of " + cell.Name()
		switch {
		case q == nil:
			return "neither side has a value " + where
		case q.n.broken:
			return "a trial " + where + " has a value that is no number"
		case q.n.older != "":
			return where[len("of "):] + ": " + q.n.older
		case len(q.n.base) == 0:
			return "the base has no value " + where
		case len(q.n.head) == 0:
			return "the head has no value " + where
		case q.n.lacking != "":
			return where[len("of "):] + ": " + q.n.lacking
		case !q.n.ratios():
			return "a trial " + where + " has a value that is zero, or a time that was not over, of which there is no ratio"
		}
	}
	return ""
}

// gather takes the values of the seeds that every cell has, and says whether those of both sides belong together in pairs, and whether no pair
// differs. In pairs, only seeds of both sides are taken, if they are enough.
func (o *overCells) gather(m *compared, pairing bool) (paired, equal bool) {
	var values [2][]map[turn]float64
	var seeds [2][]turn
	for i := range values {
		var first []*record.Trial
		for j, b := range o.cells {
			trials := [2][]*record.Trial{b.base, b.head}[i]
			if j == 0 {
				first = trials
			}
			values[i] = append(values[i], bySeed(trials, m))
		}
		seeds[i] = inAll(turnsOf(first), values[i])
	}
	common := inAll(seeds[0], values[1])
	whole := len(common) > 0 && len(common) == len(seeds[0]) && len(common) == len(seeds[1])
	equal = whole
	for i := range values[0] {
		equal = equal && !slices.ContainsFunc(common, func(t turn) bool { return values[0][i][t] != values[1][i][t] })
	}
	if paired = pairing && (whole || enough(len(common), len(seeds[0]), len(seeds[1]))) || equal; paired {
		seeds = [2][]turn{common, common}
	}
	o.base, o.head = take(seeds[0], values[0]), take(seeds[1], values[1])
	for i := range seeds {
		for _, b := range o.cells {
			o.left[i] += len([2][]*record.Trial{b.base, b.head}[i]) - len(seeds[i])
		}
	}
	return paired, equal
}

// sound is both.sound of all the cells.
func (o *overCells) sound(w Workload, c *CompareOptions) (doubts []string) {
	for _, b := range o.cells {
		cell := Cell{Workload: w, PartSize: b.partSize, Concurrency: b.concurrency}
		doubts = append(doubts, b.sound(cell.Name(), c)...)
	}
	return doubts
}

// warnOver says which means over all cells of a contestant there are not, and which trials the others leave out.
func (c *Comparison) warnOver(contestant string, qs []*question) {
	var reasons []string
	without := map[string]string{} // by reason, the metrics
	for _, q := range qs {
		switch why := q.mean.why; {
		case why == "":
		case without[why] == "":
			reasons, without[why] = append(reasons, why), q.change.label()
		default:
			without[why] += ", " + q.change.label()
		}
		for i, n := range q.mean.left {
			if n > 0 && q.mean.why == "" {
				c.warn("the mean over all cells of %s leaves %d %s of the %s out, of seeds that another cell or the other side has no value of",
					clean(contestant), n, plural(n, "trial"), sides[i])
			}
		}
	}
	for _, why := range reasons {
		c.warn("%s has no mean over all cells of %s: %s", clean(contestant), without[why], why)
	}
}

// turn names a trial of a cell by its seed. Where a side has a seed several times, n counts them from 0.
type turn struct {
	seed uint64
	n    int
}

// turnsOf are the names of trials, in their order.
func turnsOf(trials []*record.Trial) []turn {
	seen := map[uint64]int{}
	names := make([]turn, len(trials))
	for i, t := range trials {
		names[i] = turn{t.Seed, seen[t.Seed]}
		seen[t.Seed]++
	}
	return names
}

// bySeed are the values of those trials that have one.
func bySeed(trials []*record.Trial, m *compared) map[turn]float64 {
	values := map[turn]float64{}
	for i, name := range turnsOf(trials) {
		if s, ok := m.get(trials[i]); ok {
			values[name] = s.value
		}
	}
	return values
}

// inAll keeps those of named of which every cell has a value, in the order of the seeds, whatever that of the rows.
func inAll(named []turn, cells []map[turn]float64) (kept []turn) {
	for _, name := range named {
		if !slices.ContainsFunc(cells, func(c map[turn]float64) bool { _, ok := c[name]; return !ok }) {
			kept = append(kept, name)
		}
	}
	slices.SortFunc(kept, func(a, b turn) int { return cmp.Or(cmp.Compare(a.seed, b.seed), cmp.Compare(a.n, b.n)) })
	return kept
}

// take are the values of named trials, by cell.
func take(named []turn, cells []map[turn]float64) [][]float64 {
	values := make([][]float64, len(cells))
	for i, c := range cells {
		for _, name := range named {
			values[i] = append(values[i], c[name])
		}
	}
	return values
}

// seedMeans are the logarithms of the geometric means over the cells, by seed.
func seedMeans(cells [][]float64) []float64 {
	means := make([]float64, len(cells[0]))
	for _, values := range cells {
		for i, v := range values {
			means[i] += math.Log(v) / float64(len(cells))
		}
	}
	return means
}

// meanOfMedians is the geometric mean over the cells of their medians.
func meanOfMedians(cells [][]float64) float64 {
	medians := make([]float64, len(cells))
	for i, values := range cells {
		medians[i] = stats.Median(values)
	}
	return geomean(medians)
}

// meanStat describes a side over all cells. The interval is the bootstrap's.
func meanStat(cells [][]float64, resampled []float64) Stat {
	bySeed := seedMeans(cells)
	s := Stat{
		Median: meanOfMedians(cells), Confidence: level, N: len(bySeed),
		Min: math.Exp(slices.Min(bySeed)), Max: math.Exp(slices.Max(bySeed)),
	}
	s.Low, s.High = stats.Percentiles(resampled, level)
	return s
}

// together are the resamples of seeds of a comparison, as draws are those of trials.
type together map[[2]int]seeds

func (d together) of(side, n int) seeds {
	key := [2]int{side, n}
	if _, ok := d[key]; !ok {
		d[key] = seeds{stats.NewTogether(rand.New(rand.NewPCG(uint64(side)+2, uint64(n))), n, compareResamples)}
	}
	return d[key]
}

// seeds are resamples of so many seeds.
type seeds struct{ stats.Together }

// means are the geometric means over the cells of the resamples' medians.
func (s seeds) means(cells [][]float64) []float64 {
	means := make([]float64, compareResamples)
	for _, values := range cells {
		for i, m := range s.Medians(values) {
			means[i] += math.Log(m)
		}
	}
	for i := range means {
		means[i] = math.Exp(means[i] / float64(len(cells)))
	}
	return means
}
