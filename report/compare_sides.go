package report

import (
	"cmp"
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// place is one contestant in one cell.
type place struct {
	contestant  string
	partSize    int64
	concurrency int
}

// both is what the two sides have at one place: trials that count, in the order of their runs.
type both struct {
	place
	base, head []*record.Trial
	// pairs are the indexes of trials with the same seed. Where a side has a seed twice, the first goes with the first.
	pairs [][2]int
	alone [2][]*record.Trial // those of the base and the head that are in no pair
	lost  [2]losses          // of the base and the head
}

// gather sorts the trials of both sides by place. The oracle is left out: it is a yardstick, and no contestant.
func gather(base, head Side) []both {
	byPlace := map[place]*both{}
	each := func(side int, s Side, add func(b *both, t *record.Trial)) {
		for _, r := range s.Runs {
			for i := range r.Trials {
				t := &r.Trials[i]
				if t.Contestant == OracleName {
					continue
				}
				p := placeOfTrial(t)
				if byPlace[p] == nil {
					byPlace[p] = &both{place: p}
				}
				l := &byPlace[p].lost[side]
				if t.Status != record.TrialOK {
					l.failed++
					continue
				}
				l.counted++
				if t.Saturated != "" {
					l.saturated++
				}
				add(byPlace[p], t)
			}
		}
	}
	each(0, base, func(b *both, t *record.Trial) { b.base = append(b.base, t) })
	each(1, head, func(b *both, t *record.Trial) { b.head = append(b.head, t) })
	var all []both
	for _, b := range byPlace {
		b.pair()
		all = append(all, *b)
	}
	names := contestantsOfSide(base)
	slices.SortFunc(all, func(a, b both) int {
		return cmp.Or(cmp.Compare(a.partSize, b.partSize), cmp.Compare(a.concurrency, b.concurrency),
			cmp.Compare(index(names, a.contestant), index(names, b.contestant)), cmp.Compare(a.contestant, b.contestant))
	})
	return all
}

// contestantsOfSide lists the contestants of a side in the order of its scenario.
func contestantsOfSide(s Side) []string {
	var names []string
	for _, r := range s.Runs {
		for _, name := range contestantsOf(r) {
			if name != OracleName && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// index is where a name stands in a list; one that does not comes last.
func index(names []string, name string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return len(names)
}

func (b *both) pair() {
	where := map[turn]int{}
	for i, n := range turnsOf(b.base) {
		where[n] = i
	}
	for j, n := range turnsOf(b.head) {
		i, ok := where[n]
		if !ok {
			b.alone[1] = append(b.alone[1], b.head[j])
			continue
		}
		b.pairs = append(b.pairs, [2]int{i, j})
		delete(where, n)
	}
	for i, n := range turnsOf(b.base) {
		if _, ok := where[n]; ok {
			b.alone[0] = append(b.alone[0], b.base[i])
		}
	}
}

// numbers are the values of one metric at one place. A time that was not over is infinite: it is longer than any other.
type numbers struct {
	base, head []float64
	// paired are the pairs of which both sides have a value.
	paired                  [][2]float64
	pairSamples             [][2]sample
	baseSamples, headSample []sample
	broken                  bool   // a value is no number
	lacking                 string // which trials have no value although they should, in words; empty: none
	older                   string // which side's version took the metric for something else, in words; empty: none's
}

func (b *both) numbers(m *compared) numbers {
	var n numbers
	value := func(t *record.Trial) (float64, sample, bool) {
		s, ok := m.get(t)
		if ok && math.IsNaN(s.value) {
			n.broken = true
			return 0, s, false
		}
		if s.censored {
			return math.Inf(1), s, ok
		}
		return s.value, s, ok
	}
	for _, t := range b.base {
		if v, s, ok := value(t); ok {
			n.base, n.baseSamples = append(n.base, v), append(n.baseSamples, s)
		}
	}
	for _, t := range b.head {
		if v, s, ok := value(t); ok {
			n.head, n.headSample = append(n.head, v), append(n.headSample, s)
		}
	}
	for _, p := range b.pairs {
		x, s, ok := value(b.base[p[0]])
		y, s2, ok2 := value(b.head[p[1]])
		if ok && ok2 {
			n.paired, n.pairSamples = append(n.paired, [2]float64{x, y}), append(n.pairSamples, [2]sample{s, s2})
		}
	}
	n.lacking, n.older = b.lacking(m), b.older(m)
	return n
}

// whole reports whether every value of both sides stands in a pair.
func (n *numbers) whole() bool {
	return len(n.paired) > 0 && len(n.paired) == len(n.base) && len(n.paired) == len(n.head)
}

// ratios reports whether all values are numbers above zero, so that one can be divided by the other.
func (n *numbers) ratios() bool {
	bad := func(v float64) bool { return v <= 0 || math.IsInf(v, 1) }
	return !slices.ContainsFunc(n.base, bad) && !slices.ContainsFunc(n.head, bad)
}

// byMean reports whether the mean stands for the values: some are zero or below, and none is without end.
func (n *numbers) byMean() bool {
	endless := func(v float64) bool { return math.IsInf(v, 1) }
	return !n.ratios() && !slices.ContainsFunc(n.base, endless) && !slices.ContainsFunc(n.head, endless)
}

// equal reports whether no pair differs.
func (n *numbers) equal() bool {
	return n.whole() && !slices.ContainsFunc(n.paired, func(p [2]float64) bool { return p[0] != p[1] })
}
