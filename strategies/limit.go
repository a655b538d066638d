package strategies

import "time"

// Limit is one limit of a server as the RateLimit and RateLimit-Policy fields of draft-ietf-httpapi-ratelimit-headers-11
// tell it: a policy by its name, joined with what is left of it.
type Limit struct {
	Policy string // name that the server gives it
	// Key is the partition key, as bytes in a string; empty: none.
	Key string
	// Unit is what is counted: requests (the default), content-bytes or concurrent-requests.
	Unit string
	// Quota is how much there is in a Window; 0: not told. A zero Window: not told, or there is none.
	Quota  int64
	Window time.Duration
	// Left is how much of it remains, if HasLeft. Reset is after how long it is whole again, from the receipt of the answer;
	// negative: not told.
	Left    int64
	HasLeft bool
	Reset   time.Duration
}

// The units that the draft defines.
const (
	UnitRequests           = "requests"
	UnitContentBytes       = "content-bytes"
	UnitConcurrentRequests = "concurrent-requests"
)
