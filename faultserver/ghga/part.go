package ghga

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// partURL hands out the presigned URL of a part, as often as it is asked for. The service looks at neither the box nor
// the file's state: it asks S3 whether the upload is open.
func (u *UCS) partURL(r *request) (int, any, error) {
	boxID, id := r.id("box_id"), r.id("file_id")
	part, err := strconv.Atoi(r.PathValue("part_no"))
	if err != nil {
		r.fault("int_parsing", "Input should be a valid integer, unable to parse string as an integer", r.PathValue("part_no"), "path", "part_no")
	}
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayFile(boxID, id); err != nil {
		return 0, nil, err
	}
	f, err := u.takeURL(id)
	if err != nil {
		if f != nil {
			r.answer.Set("Retry-After", u.rules.hint())
		}
		return 0, nil, err
	}
	open, err := u.storage.active(r.Context(), f.key(), f.uploadID)
	if err != nil {
		return 0, nil, err
	}
	if !open {
		return 0, nil, uploadNotInS3()
	}
	if part < 1 || part > maxParts {
		return 0, nil, fmt.Errorf("part number %d", part) // the service has no error of its own for this
	}
	if part > 1 && u.rules.checkParts {
		if err := u.checkPart(r.Context(), f, part-1); err != nil {
			return 0, nil, err
		}
	}
	url, err := u.storage.presignPart(r.Context(), f.key(), f.uploadID, part, u.cfg.URLLifetime)
	if err != nil {
		return 0, nil, err
	}
	u.touch(f)
	return http.StatusOK, url, nil
}

// takeURL finds a file and takes one from its bucket of part URLs. If that is empty it returns the file and an error.
func (u *UCS) takeURL(id uuid.UUID) (*file, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[id]
	if f == nil {
		return nil, fileNotFound(id)
	}
	if u.rules.urlInterval > 0 && !f.urls.take(time.Now(), u.rules.urlInterval, u.rules.urlBuildup) {
		return f, fail(http.StatusTooManyRequests, "partUrlRateLimitError", "Too many part URLs were requested for the file.", "file_id", id)
	}
	return f, nil
}

// touch notes that an upload is alive.
func (u *UCS) touch(f *file) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f.activity = time.Now()
}
