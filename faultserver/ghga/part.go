package ghga

import (
	"fmt"
	"net/http"
	"strconv"
)

// partURL hands out the presigned URL of a part, as often as it is asked for. The service looks at neither the box nor
// the file's state: it asks S3 whether the upload is open.
func (u *UCS) partURL(hr *http.Request) (int, any, error) {
	r := &request{Request: hr}
	r.id("box_id")
	id := r.id("file_id")
	part, err := strconv.Atoi(r.PathValue("part_no"))
	if err != nil {
		r.fault("int_parsing", "Input should be a valid integer, unable to parse string as an integer", r.PathValue("part_no"), "path", "part_no")
	}
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	u.mu.Lock()
	f := u.files[id]
	u.mu.Unlock()
	if f == nil {
		return 0, nil, fileNotFound(id)
	}
	open, err := u.storage.active(r.Context(), f.key(), f.uploadID)
	if err != nil {
		return 0, nil, err
	}
	if !open {
		return 0, nil, fail(http.StatusNotFound, "s3UploadNotFound", "The multipart upload was not found in S3.")
	}
	if part < 1 || part > maxParts {
		return 0, nil, fmt.Errorf("part number %d", part) // the service has no error of its own for this
	}
	url, err := u.storage.presign(r.Context(), f.key(), f.uploadID, part, u.cfg.URLLifetime)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, url, nil
}
