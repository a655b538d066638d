package strategies

import "time"

// Distant is one of the four reconnect strategies of distant, applied to calls. It tries again whatever the error was (here:
// what a Rule calls transient), without jitter. Its waits are whole milliseconds, as there.
//
// MaxRetries counts tries: 3 are 3 calls. Distant sleeps after the last failure as well, before it gives up, and applies
// MaxDuration to what has grown only, so a Base that is longer is waited for once. With max_retries = 0 it runs nothing and
// claims success, which no HTTP client can do; here 0 means unlimited, as its None does.
//
// Source: chipsenkbeil/distant, distant-net, client/reconnect.rs. The zero value is Fail: one attempt.
type Distant struct {
	Kind        DistantKind
	Base        time.Duration // or interval
	Factor      float64       // of DistantExponential; 0: 2
	MaxDuration time.Duration // 0: none
	MaxRetries  int           // tries; 0: unlimited
	When        Rule
}

// DistantKind is the variant of a Distant.
type DistantKind int

// The variants of distant's ReconnectStrategy.
const (
	DistantFail        DistantKind = iota // gives up at once; the library's default
	DistantExponential                    // Base, ·Factor, …; what the command line uses, with 1 s, 2 and 10 s
	DistantFibonacci                      // Base times 1, 1, 2, 3, 5, …
	DistantFixed                          // Base every time
)

// For returns the retrier of one call.
func (d *Distant) For(c *Call) Retrier { return distantRetrier{d, c} }

type distantRetrier struct {
	*Distant
	call *Call
}

func (r distantRetrier) Next(attempt int, o Outcome) (time.Duration, bool) {
	if r.Kind == DistantFail || !r.When.Retry(r.call, o) {
		return 0, false
	}
	wait := r.wait(attempt - 1).Truncate(time.Millisecond)
	return wait, r.MaxRetries == 0 || attempt < r.MaxRetries
}

func (r distantRetrier) wait(n int) time.Duration {
	most := r.MaxDuration
	if n == 0 {
		most = 0
	}
	switch r.Kind {
	case DistantExponential:
		return Exponential{Base: r.Base, Factor: r.Factor, Cap: most}.Wait(n, nil)
	case DistantFibonacci:
		return Fibonacci{Base: r.Base, Cap: most}.Wait(n, nil)
	case DistantFixed:
		return max(r.Base, 0)
	}
	return 0
}
