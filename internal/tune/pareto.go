package tune

import "math"

// point is what a candidate did over some seeds, each number so that less is better.
type point [4]float64

// pointOf takes the geometric mean of speed and amplification and the arithmetic one of recovery, to a hundredth: what differs by less
// is the same. An amplification that is not known is the worst.
func pointOf(c *Candidate, seeds []int) point {
	var speed, amplification, recovery float64
	n, known := 0, 0
	for _, s := range seeds {
		r, ok := c.Results[s]
		if !ok {
			continue
		}
		n++
		speed += math.Log(max(r.Speed, 1e-12))
		if r.Amplification > 0 {
			amplification, known = amplification+math.Log(r.Amplification), known+1
		}
		recovery += max(r.recovery(), 0)
	}
	all, failed := c.objects(seeds)
	if n == 0 {
		return point{1, 0, 0, 0}
	}
	f, amplified := float64(n), math.Inf(1)
	if known > 0 {
		amplified = math.Round(100 * amplification / float64(known))
	}
	return point{float64(failed) / float64(max(all, 1)), math.Round(-100 * speed / f), amplified, math.Round(20 * recovery / f)}
}

// dominates reports whether a is nowhere worse than b, and somewhere better.
func (a point) dominates(b point) bool {
	better := false
	for i := range a {
		if a[i] > b[i] {
			return false
		}
		better = better || a[i] < b[i]
	}
	return better
}

// front returns the candidates that no other one dominates: whoever prefers one of them to another prefers one number to another.
// Of several with the same numbers the first stays. What has a recovery that is not known is left out, unless all have.
func front(all []*Candidate, seeds []int) []*Candidate {
	var kept, known []*Candidate
	for _, c := range all {
		if !c.guessed(seeds) {
			known = append(known, c)
		}
	}
	if len(known) > 0 {
		all = known
	}
	for i, c := range all {
		p := pointOf(c, seeds)
		beaten := false
		for j, o := range all {
			q := pointOf(o, seeds)
			beaten = beaten || q.dominates(p) || q == p && j < i
		}
		if !beaten {
			kept = append(kept, c)
		}
	}
	return kept
}
