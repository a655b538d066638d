package strategies

import "time"

// rolling counts events over a window that moves with time, in steps of a 32nd of it: what is counted is between 31/32 of a
// window and a whole one old. Its owner guards it.
type rolling struct {
	start time.Time // of step 0; zero: nothing was counted yet
	steps [32]tally
}

// tally is what was counted in one step.
type tally struct {
	step                 int64
	all, good, bad, slow int64
}

// at returns the counts of the step that now is in, for adding to.
func (r *rolling) at(now time.Time, window time.Duration) *tally {
	if r.start.IsZero() {
		r.start = now
	}
	step := r.step(now, window)
	t := &r.steps[step%int64(len(r.steps))]
	if t.step < step {
		*t = tally{step: step}
	}
	return t
}

// total adds up the window that ends now.
func (r *rolling) total(now time.Time, window time.Duration) (sum tally) {
	oldest := r.step(now, window) - int64(len(r.steps)) + 1
	for i := range r.steps {
		if t := &r.steps[i]; t.step >= oldest {
			sum.all += t.all
			sum.good += t.good
			sum.bad += t.bad
			sum.slow += t.slow
		}
	}
	return sum
}

func (r *rolling) step(now time.Time, window time.Duration) int64 {
	return int64(max(0, now.Sub(r.start))) / max(1, int64(window)/int64(len(r.steps)))
}
