package connector

import "time"

// Behaviour says what a Connector does when things go wrong, above the stack that carries its requests. The zero value tries
// nothing twice; see [Fixed] and [AsIs].
type Behaviour struct {
	// PartAttempts is after how many attempts of a part, those of the stack counted and over all passes, the stack is not asked again. Where it has given up
	// before, or the part's URL has run out, the part is tried again with a fresh URL and the same bytes; then the file has failed. What the stack has
	// begun it makes to its end: one of five attempts makes 15 of 12. Less than 1: the stack is asked once in each pass. PartPause is the wait after the first failure, doubled after each further one up to
	// a minute, with full jitter, and never shorter than the service asks for. Completions, deletions, lists of the box, lost creations and
	// the ranges of a download go by the same numbers, each for itself.
	//
	// Attempts are counted by net/http's trace. Of a stack that has no net/http below, each request counts as one.
	PartAttempts int
	PartPause    time.Duration
	// RenewOn401 gets a new token, once, when one is refused with 401 or 403, for every call. Without it only a 403 for the URL of a part, or
	// for a download, is worth a new token: one for the creation, the completion, the deletion or the list of uploads is not.
	RenewOn401 bool
	// KeepPackage asks for the work package once and remembers the ids of its boxes. Without it they are asked for before every call that
	// needs a token of an upload package, even if the token is still held, as the Connector does.
	KeepPackage bool
	// TokenLife is how long a token is used after it came. Zero: until shortly before the exp claim that it holds itself.
	TokenLife time.Duration
	// URLLife is how long the URL of a download is used after it came. Zero: as long as the answer's max-age says, less a margin.
	URLLife time.Duration
	// WaitForOthers lets the parts in flight end when a part has failed in a pass, so that what they brought is not lost. Without it they
	// are called off; so they are where no pass goes on with them, since the part has used up more than one of PartAttempts.
	WaitForOthers bool
	// CheckETag counts a part as failed if S3 answers with an ETag that is an MD5, and not that of what was sent: it was damaged on its way. Without
	// it that shows at the completion, when the whole file has to go again. Where S3 encrypts with SSE-KMS or SSE-C its ETags look like MD5s and are none;
	// what the UCS compares at the end fails there as well.
	CheckETag bool
	// FilePasses is how often a file that failed is begun again from its first part, after FilePause each, whatever it failed of; only a box that is
	// full ends it. Before that it is deleted. Zero: never.
	// With Resume a pass goes on with the upload that there is. It begins again where that is gone and nobody has deleted it. With more than one of
	// PartAttempts that is the only reason for another pass: what was tried to the end is not tried again. Without, what may pass by itself is one
	// too, but for a creation that has had all its rounds.
	FilePasses int
	FilePause  time.Duration
	// Resume goes on with a half-finished file where its parts stopped, in place of beginning again; see Config.Journal.
	Resume bool
	// CarefulCreate never asks twice for the same upload blindly: when the answer to a creation is lost, it looks into the box for it.
	CarefulCreate bool
	// CreateRounds is how often a creation that is refused with 429 (too many open uploads) is asked for again, after waits of
	// CreatePause, doubled each time, at most 6 min. Zero: never. The stack should leave that answer alone, or the two multiply. With
	// CreateJitter each wait is drawn from its half up to the whole, so that those who wait do not all come at once, and is never shorter than the
	// service asks for.
	CreateRounds int
	CreatePause  time.Duration
	CreateJitter bool
	// CallInterval is the least time between two calls to the UCS, for all files together. Zero: none. It holds where a call enters the stack; what
	// the stack holds back or repeats goes by the stack's own waits.
	CallInterval time.Duration
	// MaxStaging ends the wait for a file that is not staged. Zero: one hour.
	MaxStaging time.Duration

	dice *dice // of the Connector whose behaviour it is
}

// AsIs is the behaviour of GHGA Connector 3.1.0: a part that fails ends the file, which is deleted and begun again; the ids of the
// boxes are asked for before every call to the UCS; a 401 ends the file; URLs of downloads are kept for 57 s, however short they live.
func AsIs() Behaviour {
	return Behaviour{
		TokenLife: 27 * time.Second, URLLife: 57 * time.Second, FilePasses: 3, FilePause: 5 * time.Second,
		CreateRounds: 5, CreatePause: 5 * time.Second, MaxStaging: time.Hour,
	}
}

// Fixed is what mends AsIs: parts are tried again with fresh URLs, a refused token is renewed, the work package is asked for once, a
// part that was damaged on its way is sent again, and what was brought is kept.
func Fixed() Behaviour {
	return Behaviour{
		PartAttempts: 12, PartPause: 200 * time.Millisecond, RenewOn401: true, KeepPackage: true, WaitForOthers: true, Resume: true,
		CheckETag: true, CarefulCreate: true, FilePasses: 2, FilePause: 5 * time.Second,
		CreateRounds: 8, CreatePause: time.Second, CreateJitter: true, MaxStaging: time.Hour,
	}
}
