package strategies

import "time"

// Retrier decides what follows an attempt of one call. A factory makes a fresh one for every call, so that it may
// keep state without locks.
type Retrier interface {
	// Next is asked after every attempt, successful ones too, in order; attempt counts from 1. It answers whether
	// another attempt follows and how long after the receipt of this outcome it may start. A wait without a retry is
	// waited for before the caller gets the outcome; only ports of libraries that do so ask for it. Next is not asked when
	// the call's context has ended.
	Next(attempt int, o Outcome) (wait time.Duration, retry bool)
}
