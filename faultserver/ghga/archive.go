package ghga

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// archive is the Download Controller Service: it knows the files that are stored, and stages them.
type archive struct {
	service *service
	p       *Platform

	mu      sync.Mutex         // guards all below, and what hangs on it
	objects map[string]*object // by accession
	keys    []string           // of all objects that were ever begun
	last    int                // number of the accession that an archived upload was given last
}

// object is a file for download. Only asked changes after it is there.
type object struct {
	accession, ext string
	fileID         uuid.UUID
	key            string // in S3, where the body is without the envelope
	envelope       []byte // Crypt4GH header for the data hub
	plainSize      int64  // bytes
	size           int64  // bytes of the body
	sha256         string // of the plain text, in hex
	created        time.Time
	asked          time.Time // when somebody asked for it first; zero: nobody has
}

// accessionPrefix is what accessions of files begin with.
const accessionPrefix = "GHGAF"

// object finds a file, or nil.
func (a *archive) object(accession string) *object {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.objects[accession]
}

// staged reports whether a file can be downloaded now; the first question begins to stage it.
func (a *archive) staged(o *object) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o.asked.IsZero() {
		o.asked = time.Now()
	}
	return time.Since(o.asked) >= a.p.cfg.Staging
}
