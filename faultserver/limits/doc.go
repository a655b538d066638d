// Package limits models services that take so much and not more. The models are pure arithmetic over time: no clock, no
// goroutine, no HTTP. Their owner guards them, and passes times that never go back.
//
// Every model says what it allows ([Model.Allows]), which is what the bound of a scenario is computed from; tests hold
// each to it.
package limits

import "time"

// Model is a limit.
type Model interface {
	// Take asks for n units. ok: they are taken, and may be used after wait, which is 0 for most models. Not ok: nothing is
	// taken, and it is worth asking again after wait.
	Take(now time.Time, n float64) (wait time.Duration, ok bool)
	// Allows is the most units that can be taken in the first t of its life, and for models whose rate does not change in
	// any interval of length t. Requests of more units than a burst may add what they have beyond it, once.
	Allows(t time.Duration) float64
}

// Reserver is a model that can promise units to come.
type Reserver interface {
	// Reserve takes n units that nobody else will get, and returns how long it takes until they may be used.
	Reserve(now time.Time, n float64) time.Duration
}

// Meter is a model that can say what is left.
type Meter interface {
	// Left is how many units of limit are left, and how long it takes until all are there again.
	Left(now time.Time) (limit, left float64, reset time.Duration)
}

// until is how long units take to come at a rate per second, at least a nanosecond.
func until(units, rate float64) time.Duration {
	if d := units / rate * float64(time.Second); d < float64(1<<62) {
		return max(time.Duration(d), 1)
	}
	return 1 << 62
}
