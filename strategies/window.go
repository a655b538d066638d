package strategies

import "time"

// window counts over the last stretch of time, in slices: what is older is forgotten a slice at a time. Its owner locks.
type window struct {
	slices [10]int64
	sum    int64
	slice  time.Duration // length of one
	last   int64         // the slice that add counts in, since the zero time
}

func (w *window) init(length time.Duration) { w.slice = max(length/time.Duration(len(w.slices)), 1) }

// at moves the window to now. Time that goes back counts as standing still.
func (w *window) at(now time.Time) {
	n := now.UnixNano() / int64(w.slice)
	for steps := min(n-w.last, int64(len(w.slices))); steps > 0; steps-- {
		i := int((n - steps + 1) % int64(len(w.slices)))
		w.sum -= w.slices[i]
		w.slices[i] = 0
	}
	w.last = max(w.last, n)
}

func (w *window) add(now time.Time, v int64) {
	w.at(now)
	w.slices[int(w.last%int64(len(w.slices)))] += v
	w.sum += v
}

func (w *window) total(now time.Time) int64 {
	w.at(now)
	return w.sum
}
