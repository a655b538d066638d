package connector

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Config says what a Connector works with. Access and Stack must be set.
type Config struct {
	Access Access
	// Stack carries every request, those to S3 included. A logical request has one X-Request-Id, whatever the stack does with it.
	Stack http.RoundTripper
	// Wire carries what the Connector asks past its stack: whether a service is well. Nil: the stack does.
	Wire http.RoundTripper
	// Behaviour is Fixed if it is nil.
	Behaviour *Behaviour
	// PartSize in bytes, as configured: uploads round it up to whole segments and fit it to S3's limits; see [PartSize]. Zero: 64 MiB.
	PartSize int64
	// InFlight is how many parts of a file are under way at once. Zero: 5.
	InFlight int
	// Journal remembers half-finished uploads; nil: only the Connector's own memory does.
	Journal Journal
	// Offset holds the start of a part back, from the part's number. Nil: nothing is held back.
	Offset func(part int) time.Duration
	// Rand draws the jitter of pauses and is used by nothing else; it makes a Connector repeatable. Keys and nonces are not its business. Nil: the
	// runtime's.
	Rand *rand.Rand
	// Overwrite lets downloads replace files that are there already.
	Overwrite bool
	// Progress is told what happens, by several goroutines at once. Nil: nobody is.
	Progress func(Event)
}

// Event is a step of a transfer.
type Event struct {
	File string // alias or accession
	// Bytes were brought since the last event of the file: of an upload encrypted ones that S3 has acknowledged, of a download encrypted
	// ones that are written. Negative: what was brought is lost, and the file begins again.
	Bytes int64
	// Total is how many encrypted bytes there are in all, the envelope of a download apart; 0: the event does not say.
	Total int64
	// What is one of begin (of a download), bytes (some of a part), part, retry, restart, staging and done; Part and Attempt count from 1, 0 where there is none. Wait is how long it waits now.
	What          string
	Part, Attempt int
	Wait          time.Duration
	Err           error // what went wrong; nil: nothing
}

// Connector is a client of a deployment. It is safe for concurrent use.
type Connector struct {
	cfg       Config
	behaviour Behaviour
	handler   *Handler
	tokens    *TokenSource
	pace      *pace
	fit       func(configured, encrypted int64) int64 // of tests; see Uploader

	values      *kept[Values]
	healthy     map[string]*kept[struct{}] // by service
	workPackage *kept[Package]
	listed      *kept[map[string]FileUpload] // the box before the first upload, by alias

	mu      sync.Mutex
	objects map[string]*download // what the DCS said, by accession; nil: nothing yet
	running map[string]*job      // by file id
}

// New checks the configuration. It asks nobody yet: the first call does.
func New(cfg Config) (*Connector, error) {
	if cfg.Stack == nil || cfg.Access.WellKnown == nil || cfg.Access.WorkPackage == "" || cfg.Access.Token == "" {
		return nil, errors.New("connector: Stack and all of Access must be set")
	}
	if cfg.PartSize < 0 || cfg.InFlight < 0 {
		return nil, fmt.Errorf("connector: PartSize %d and InFlight %d must not be negative", cfg.PartSize, cfg.InFlight)
	}
	if cfg.PartSize == 0 {
		cfg.PartSize = 64 << 20
	}
	if cfg.InFlight == 0 {
		cfg.InFlight = 5
	}
	behaviour := Fixed()
	if cfg.Behaviour != nil {
		behaviour = *cfg.Behaviour
	}
	if cfg.Rand != nil {
		behaviour.dice = &dice{rnd: cfg.Rand}
	}
	handler := NewHandler(cfg.Stack, cfg.Access)
	if cfg.Wire != nil {
		handler.wire = cfg.Wire
	}
	c := &Connector{
		cfg: cfg, behaviour: behaviour, handler: handler, pace: newPace(behaviour.CallInterval),
		values: newKept[Values](), workPackage: newKept[Package](), listed: newKept[map[string]FileUpload](),
		healthy: map[string]*kept[struct{}]{ucs: newKept[struct{}](), dcs: newKept[struct{}]()},
		running: map[string]*job{},
	}
	c.tokens = &TokenSource{Ask: c.askToken, Key: cfg.Access.Key, Life: behaviour.TokenLife}
	return c, nil
}

// Source is a file to upload.
type Source struct {
	Alias   string
	Size    int64 // bytes of plain text; at least 1
	Content io.ReaderAt
	// Modified tells, together with Size, whether a half-finished upload was of the same content. Zero: it is never resumed from a Journal.
	Modified time.Time
	// Unchanged is asked when all is sent, before the upload is completed: an error is that of the upload, of which nothing is left then. A file
	// that is written to meanwhile would be stored as a mixture. Nil: nobody is asked.
	Unchanged func() error
}

// Uploaded is an upload that has been completed.
type Uploaded struct {
	FileID        string
	Parts         int
	PartSize      int64  // bytes, as it was cut
	EncryptedSize int64  // bytes
	ETag          string // S3's ETag of the multipart upload, as computed from what was sent
	SHA256        string // of the plain text, in hex
	Restarts      int    // how often the file was begun again
}

// FileUpload is an upload in a box, as the UCS lists it.
type FileUpload struct {
	ID            string `json:"id"`
	BoxID         string `json:"box_id"`
	Alias         string `json:"alias"`
	State         string `json:"state"` // init, inbox, interrogated, awaiting_archival, archived, failed or cancelled
	StateUpdated  string `json:"state_updated"`
	StorageAlias  string `json:"storage_alias"`
	DecryptedSize int64  `json:"decrypted_size"`
	EncryptedSize int64  `json:"encrypted_size"`
	PartSize      int64  `json:"part_size"`
	FailureReason string `json:"failure_reason"`
	Initiated     string `json:"initiated"`
	Completed     string `json:"completed"`
}
