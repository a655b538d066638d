package ghga

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// The states of a file. Those after inbox are set by others, when the data hub says so.
const (
	initial      = "init"
	inbox        = "inbox"
	interrogated = "interrogated"
	awaiting     = "awaiting_archival"
	inArchive    = "archived"
	failed       = "failed"
	cancelled    = "cancelled"
)

// counts reports whether a file in this state is in its box's statistics.
func counts(state string) bool {
	return state == inbox || state == interrogated || state == awaiting || state == inArchive
}

// file is a FileUpload. It is guarded by UCS.mu, except for what never changes: ids, sizes and times of its creation.
type file struct {
	id, boxID, objectID uuid.UUID
	uploadID            string
	alias               string
	decryptedSize       int64
	encryptedSize       int64
	partSize            int64
	initiated           time.Time

	urls          urlBucket
	activity      time.Time // when a part URL was asked for last, or the upload created; zero: it is over
	state         string    // empty: it is being created
	quiet         bool      // it is over, and the last round of the clean-up job found nothing open of it
	stateUpdated  time.Time
	completed     time.Time // zero: not
	failureReason string
	decryptedSHA  string
	partsMD5      []string
	partsSHA      []string
}

func (f *file) key() string { return f.objectID.String() }

func (f *file) set(state string) {
	f.state, f.stateUpdated = state, time.Now()
}

func fileNotFound(id uuid.UUID) error {
	return fail(http.StatusNotFound, "fileUploadNotFound", "No upload was found with the given file ID.", "file_id", id)
}

// cancel drops what S3 holds of a file and marks it. What is gone already is no error.
func (u *UCS) cancel(ctx context.Context, f *file) error {
	u.mu.Lock()
	state := f.state
	u.mu.Unlock()
	switch state {
	case initial:
		if err := u.storage.abort(ctx, f.key(), f.uploadID); err != nil {
			return fail(http.StatusInternalServerError, "uploadAbortError", "The multipart upload could not be aborted.")
		}
	case inbox:
		if err := u.storage.remove(ctx, f.key()); err != nil {
			return err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if b := u.boxes[f.boxID]; b != nil && counts(f.state) {
		b.version++ // its statistics change
	}
	f.set(cancelled)
	f.activity = time.Time{}
	return nil
}
