package metrics

import (
	"slices"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// passing are statuses that tell of trouble that passes by itself. It is what strategies.Transient retries, and 425.
var passing = []int{408, 425, 429, 500, 502, 503, 504}

// passingCodes are S3 codes that do so whatever their status: the request was slow to arrive or was damaged on the way, or another
// one was in its way.
var passingCodes = []string{
	"RequestTimeout", "IncompleteBody", "BadDigest", "XAmzContentSHA256Mismatch", "OperationAborted", "ConditionalRequestConflict",
}

// lost are transport errors after which another attempt may get through.
var lost = []string{"reset", "eof", "timeout", "refused"}

// worthAnother reports whether an attempt ended in trouble that passes.
func worthAnother(a *record.Attempt) bool {
	if a.Status == 0 {
		return slices.Contains(lost, a.Error)
	}
	return slices.Contains(passing, a.Status) || slices.Contains(passingCodes, a.Code)
}

// Hopeless reports whether no further attempt can change an answer: 501 and 505, and any 4xx that does not tell of trouble that passes.
// (421, misdirected, asks for another connection; a clock that is wrong can be set.)
func Hopeless(status int, code string) bool {
	switch {
	case status == 501, status == 505:
		return true
	case status < 400, status > 499, status == 421, code == "RequestTimeTooSkewed":
		return false
	}
	return !slices.Contains(passing, status) && !slices.Contains(passingCodes, code)
}

// done reports whether an attempt was answered, for all that is known, with all that there was to do. A fault that acted on it may
// have broken the answer's body, or its content; and a completion may tell of an error in a body that says 200.
func done(a *record.Attempt) bool {
	return succeeded(a) && a.Fault == "" && a.Op != ops.CompleteUpload
}

// falseRetries counts the attempts after an answer that none can mend. Hedges, which go out before the answer is there, are not.
func (c *call) falseRetries(warmUp float64) (n int) {
	for i, a := range c.attempts {
		before := c.endedBefore(i)
		if a.StartS >= warmUp && before != nil && (Hopeless(before.Status, before.Code) || done(before)) {
			n++
		}
	}
	return n
}

// endedBefore returns the last attempt that had ended when attempt i began; nil: none had.
func (c *call) endedBefore(i int) *record.Attempt {
	for j := i - 1; j >= 0; j-- {
		if before := c.attempts[j]; end(before) <= c.attempts[i].StartS+rounding {
			return before
		}
	}
	return nil
}

// rounding is how much sums of times may differ that are the same, in seconds.
const rounding = 1e-6

// aboutKey names what calls of a client are about.
type aboutKey struct {
	client int
	about  string
}

// lastAbout returns the last call of all that are about the same. The calls are in order.
func lastAbout(calls []*call) map[aboutKey]*call {
	last := map[aboutKey]*call{}
	for _, c := range calls {
		last[aboutKey{c.object.client, c.about}] = c
	}
	return last
}

// missedRetry reports whether a failed call was given up after a single attempt that ended in trouble that passes. once: of those
// that are carried out once, by their ids.
func (c *call) missedRetry(o record.Object, once onceIDs) bool {
	a := c.attempts[0]
	if len(c.attempts) > 1 || o.TimedOut || !worthAnother(a) {
		return false
	}
	if a.Op != ops.PostObject && a.Op != ops.PatchObject && a.Op != ops.UCSCreate {
		return true
	}
	// One that may have been carried out must not be repeated.
	is, seen := once[a.ID]
	return seen && !is || a.Status == 408 || a.Status == 429 || a.Status == 503
}

// onceIDs says of single POSTs and PATCHes, by the attempt's id, whether they are to be carried out once. What the server has not
// seen is not in it.
type onceIDs map[string]bool

func onceOf(ledger []record.LedgerRow) onceIDs {
	ids := onceIDs{}
	for i := range ledger {
		if r := &ledger[i]; r.Kind == record.LedgerAttempt && (r.Op == ops.PostObject || r.Op == ops.PatchObject) {
			ids[r.ID] = r.Once
		}
	}
	return ids
}
