package strategies

import (
	"slices"
	"time"
)

// Outcome is what one attempt ended in. The zero value means that nothing is known.
type Outcome struct {
	Status    int           // HTTP status; 0 if no response came
	Code      string        // error code in S3's XML body; empty if there is none
	Err       error         // transport error; nil if a response came
	Hint      Hint          // what the server said about coming back
	BytesSent int64         // body bytes handed to the wire; -1: not measured
	Took      time.Duration // until the response's headers, or the error
}

// Succeeded reports whether an answer came that is no error: a status from 100 to 399.
func (o Outcome) Succeeded() bool { return o.Err == nil && o.Status >= 100 && o.Status < 400 }

// throttlingCodes are S3's error codes for "too many requests": those that aws-sdk-go-v2 v1.47 (aws/retry) and minio-go
// v7.4 take for it.
var throttlingCodes = []string{
	"SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
	"RequestThrottledException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
	"TooManyRequestsException", "TooManyRequests", "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
	"TransactionInProgressException", "EC2ThrottledException",
}

// Throttled reports whether the server said that it gets too much: status 429, or 503 with one of S3's codes for
// throttling, such as SlowDown.
func (o Outcome) Throttled() bool {
	return o.Status == 429 || o.Status == 503 && o.Code != "" && slices.Contains(throttlingCodes, o.Code)
}

// Hint is what a server says about when to come back. The zero value is no hint.
type Hint struct {
	// Given reports whether a valid Retry-After, or one of its variants in milliseconds, came. After is the wait that it asks
	// for, counted from the receipt of the response; 0 is a valid answer and means now.
	Given bool
	After time.Duration
	// Form is what it came as, for ports of libraries that do not read all forms.
	Form HintForm
	// Stop says that the server asks not to try again at all.
	Stop bool
	// Limits are the server's limits as the RateLimit fields tell them; nil: it said nothing.
	Limits []Limit
}

// HintForm is how a hint was written.
type HintForm int

// The forms of a hint.
const (
	NoForm       HintForm = iota
	Seconds               // Retry-After with a number of seconds
	Date                  // Retry-After with an HTTP-date
	Milliseconds          // one of the fields in milliseconds
	Reset                 // nothing but the RateLimit field said so: nothing is left until its reset
)
