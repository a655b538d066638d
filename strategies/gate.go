package strategies

import "time"

// Gate lets attempts through, makes them wait or refuses them. One gate is shared by all calls of a client, so its
// methods must be safe for concurrent use.
type Gate interface {
	// Admit is asked before an attempt is sent, and asked again after every wait that it orders. The same c stands for the
	// same attempt until it was let through, was refused, or left.
	Admit(now time.Time, c *Call) Verdict
	// Done is called exactly once for every attempt that Admit let through, on cancellation too; never for one that
	// was refused or gave up waiting.
	Done(now time.Time, c *Call, o Outcome)
}

// Leaver is a Gate that keeps something for those it makes wait, such as a place in a queue. Leave is called instead of Done
// for an attempt that gave up waiting, exactly once.
type Leaver interface {
	Leave(now time.Time, c *Call)
}

// Verdict is a gate's answer. The zero value means go.
type Verdict struct {
	// Err, if set, refuses the attempt; the caller gets it wrapped.
	Err error
	// Wait and Changed order a wait: ask again after Wait (if positive), or as soon as Changed (if not nil) is closed,
	// whatever comes first. Both together let a pause that grows or ends early reach those already waiting.
	Wait    time.Duration
	Changed <-chan struct{}
}

// Go reports whether the verdict lets the attempt through now.
func (v Verdict) Go() bool { return v.Err == nil && v.Wait <= 0 && v.Changed == nil }
