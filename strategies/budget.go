package strategies

import "time"

// Budget bounds the retries of all calls of a client together, so that a server in trouble is not asked more and more. One
// budget is shared by all calls; its methods must be safe for concurrent use.
//
// Every call is told of once by Begin and once by End. In between Retry is asked after each attempt whose Retrier would go on,
// before the wait.
type Budget interface {
	// Begin is told of a call before its first attempt.
	Begin(now time.Time, c *Call)
	// Retry answers whether a retry may follow an attempt that ended in o, and charges for it if so.
	Retry(now time.Time, c *Call, o Outcome) bool
	// End is told of the outcome of the call's last attempt; the zero Outcome if there was none.
	End(now time.Time, c *Call, o Outcome)
}
