package strategies

import "slices"

// Rule says which outcomes are worth another attempt. The zero value retries nothing.
type Rule struct {
	Statuses []int    // HTTP statuses
	Codes    []string // S3 error codes, whatever the status
	Errors   bool     // transport errors of kind Timeout, Network and EarlyClose
	// AnyMethod retries calls that are not idempotent as if they were. Without it such a call is retried only after
	// an answer that says it was not carried out: 408, 429 or 503.
	AnyMethod bool
}

// Transient returns the rule for trouble that passes: statuses 408, 429, 500, 502, 503 and 504, the S3 code
// RequestTimeout (which comes with 400), and connections that break. Every value is its own copy.
func Transient() Rule {
	return Rule{
		Statuses: []int{408, 429, 500, 502, 503, 504},
		Codes:    []string{"RequestTimeout"},
		Errors:   true,
	}
}

// Retry reports whether the outcome of an attempt of c is worth another one.
func (r Rule) Retry(c *Call, o Outcome) bool {
	if o.Err != nil {
		if !r.Errors || !r.AnyMethod && !c.Idempotent {
			return false
		}
		k := KindOf(o.Err)
		return k == Timeout || k == Network || k == EarlyClose
	}
	if !slices.Contains(r.Statuses, o.Status) && (o.Code == "" || !slices.Contains(r.Codes, o.Code)) {
		return false
	}
	return r.AnyMethod || c.Idempotent || refused(o)
}

func refused(o Outcome) bool {
	return o.Status == 408 || o.Status == 429 || o.Status == 503 || o.Code == "RequestTimeout"
}
