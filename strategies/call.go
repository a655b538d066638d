package strategies

import (
	"math/rand/v2"
	"time"
)

// Call is one logical request, as strategies see it. The layer that carries a strategy out fills it in once per
// call and shares it with nobody else. While a call lasts, its address identifies it.
type Call struct {
	Key        string     // what shares a limit, such as the host
	Method     string     // HTTP method; empty means GET
	Idempotent bool       // doing it twice does no harm
	Bytes      int64      // size of the body; -1: not known
	Deadline   time.Time  // when the caller stops caring; zero: never
	Rand       *rand.Rand // seeded for this call, not safe for concurrent use; nil: no randomness, see FullJitter
	// Charge is the call's Budget's own: what it has charged and not given back. Nobody else touches it.
	Charge int64
}
