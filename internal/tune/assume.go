package tune

// assume fills in what a recovery that is not known counts as. Where no setting has a recovery with a seed, there is no trouble to recover
// from, and it counts as none. Where others have one, nobody knows what this one's would have been: its work was done, or given up, too
// soon to tell. It must not look like one that was back at once, so it counts as the slowest of the others with that seed. Calling it
// again, after more has been measured, is right.
func assume(all []*Candidate) {
	slowest := map[int]float64{}
	for _, c := range all {
		for seed, r := range c.Results {
			if r.RecoveryS >= 0 {
				slowest[seed] = max(slowest[seed], r.RecoveryS)
			}
		}
	}
	for _, c := range all {
		for seed, r := range c.Results {
			r.AssumedS = nil
			if s, ok := slowest[seed]; ok && r.RecoveryS < 0 {
				r.AssumedS = &s
			}
			c.Results[seed] = r
		}
	}
}

// recovery is what counts as the recovery in seconds; negative: there is none.
func (r Result) recovery() float64 {
	if r.AssumedS != nil {
		return *r.AssumedS
	}
	return r.RecoveryS
}

// guessed reports whether a recovery with any of these seeds is not known.
func (c *Candidate) guessed(seeds []int) bool {
	for _, s := range seeds {
		if c.Results[s].AssumedS != nil {
			return true
		}
	}
	return false
}
