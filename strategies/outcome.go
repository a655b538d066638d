package strategies

import "time"

// Outcome is what one attempt ended in. The zero value means that nothing is known.
type Outcome struct {
	Status    int           // HTTP status; 0 if no response came
	Code      string        // error code in S3's XML body; empty if there is none
	Err       error         // transport error; nil if a response came
	Hint      Hint          // what the server said about coming back
	BytesSent int64         // body bytes handed to the wire; -1: not measured
	Took      time.Duration // until the response's headers, or the error
}

// Hint is what a server says about when to come back. The zero value is no hint.
type Hint struct {
	// Given reports whether a valid Retry-After came. After is the wait that it asks for, counted from the receipt of
	// the response; 0 is a valid answer and means now.
	Given bool
	After time.Duration
}
