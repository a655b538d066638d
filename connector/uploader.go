package connector

import (
	"context"
	"time"
)

// Uploader uploads files, and decides what is tried again. It knows the services only by the functions that it is given; all of them must
// be set, and safe for concurrent use. Files are uploaded independently of each other.
type Uploader struct {
	// Create begins an upload. To ask twice may begin two.
	Create func(context.Context, NewUpload) (Created, error)
	// PartURL gets a fresh URL for a part, which Put sends to it.
	PartURL func(ctx context.Context, fileID string, part int) (string, error)
	Put     func(ctx context.Context, url string, part int, body *Body) error
	// Complete and Remove may be asked again.
	Complete func(ctx context.Context, fileID string, c Completion) error
	Remove   func(ctx context.Context, fileID string) error
	// Find looks for the upload of an alias; nil: there is none.
	Find func(ctx context.Context, alias string) (*FileUpload, error)
	// HubKey is the public key for which files in a storage are encrypted.
	HubKey func(storageAlias string) ([32]byte, error)

	// Key is the user's: files are encrypted in its name.
	Key       KeyPair
	Behaviour Behaviour
	PartSize  int64 // as configured, in bytes; see PartSize
	InFlight  int   // parts
	// BoxID is remembered with what is half-finished.
	BoxID string
	// Journal remembers what is half-finished; nil: nobody does.
	Journal  Journal
	Offset   func(part int) time.Duration // nil: no part is held back
	Progress func(Event)                  // nil: nobody is told

	clock func() time.Time // that of the UCS, as far as it is known; nil: this machine's

	fit func(configured, encrypted int64) int64 // of tests; nil: PartSize
}

func (u *Uploader) now() time.Time {
	if u.clock == nil {
		return time.Now()
	}
	return u.clock()
}

func (u *Uploader) tell(e Event) {
	if u.Progress != nil {
		u.Progress(e)
	}
}

// tries is after how many attempts nothing is tried again; see Behaviour.PartAttempts.
func (u *Uploader) tries() int { return max(1, u.Behaviour.PartAttempts) }
