package strategies

import (
	"cmp"
	"slices"
)

// Rule says which outcomes are worth another attempt. The zero value retries nothing.
type Rule struct {
	Statuses []int       // HTTP statuses
	Codes    []string    // S3 error codes, whatever the status
	Errors   []ErrorKind // kinds of transport errors
	// Methods are the only ones retried; empty: all, as far as the next rule allows.
	Methods []string
	// AnyMethod retries calls that are not idempotent as if they were. Without it such a call is retried only after
	// an answer that says it was not carried out, 408, 429 or 503, or after a Refusal, when nothing was sent.
	AnyMethod bool
}

// Transient returns the rule for trouble that passes: statuses 408, 429, 500, 502, 503 and 504, the S3 code
// RequestTimeout (which comes with 400), and connections that break. Every value is its own copy.
func Transient() Rule {
	return Rule{
		Statuses: []int{408, 429, 500, 502, 503, 504},
		Codes:    []string{"RequestTimeout"},
		Errors:   []ErrorKind{Timeout, Network, EarlyClose},
	}
}

// Retry reports whether the outcome of an attempt of c is worth another one.
func (r Rule) Retry(c *Call, o Outcome) bool {
	if len(r.Methods) > 0 && !slices.Contains(r.Methods, cmp.Or(c.Method, "GET")) || !r.passing(o) {
		return false
	}
	return r.AnyMethod || c.Idempotent || refused(o)
}

// passing reports whether an outcome is one of the rule's, whatever was called.
func (r Rule) passing(o Outcome) bool {
	if o.Err != nil {
		return slices.Contains(r.Errors, KindOf(o.Err))
	}
	return slices.Contains(r.Statuses, o.Status) || o.Code != "" && slices.Contains(r.Codes, o.Code)
}

// refused reports whether an attempt was surely not carried out.
func refused(o Outcome) bool {
	if o.Err != nil {
		return KindOf(o.Err) == Refusal
	}
	return o.Status == 408 || o.Status == 429 || o.Status == 503 || o.Code == "RequestTimeout"
}
