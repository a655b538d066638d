package ghga

import (
	"errors"
	"net/http"
	"time"
)

// completeUpload makes the object of an upload's parts and checks its ETag and size. The other digests are stored as
// they come, as in the service.
func (u *UCS) completeUpload(hr *http.Request) (int, any, error) {
	r := &request{Request: hr}
	boxID, fileID := r.id("box_id"), r.id("file_id")
	r.object()
	decryptedSHA, encryptedMD5 := r.text("decrypted_sha256"), r.text("encrypted_md5")
	partsMD5, partsSHA := r.texts("encrypted_parts_md5"), r.texts("encrypted_parts_sha256")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	f, err := u.find(boxID, fileID)
	if err != nil {
		return 0, nil, err
	}
	u.mu.Lock()
	state := f.state
	u.mu.Unlock()
	switch state {
	case initial:
	case failed, cancelled:
		return 0, nil, fail(http.StatusConflict, "fileUploadStateError", "The upload is "+state+".", "file_id", fileID)
	default:
		return http.StatusNoContent, nil, nil
	}
	if err := u.storage.complete(r.Context(), f.key(), f.uploadID); errors.Is(err, errParts) {
		return 0, nil, fail(http.StatusInternalServerError, "uploadCompletionError", "The multipart upload could not be completed.",
			"box_id", boxID, "file_id", fileID)
	} else if err != nil {
		return 0, nil, err
	}
	etag, size, err := u.storage.head(r.Context(), f.key())
	if err != nil {
		return 0, nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if f.state != initial { // somebody else was faster
		return http.StatusNoContent, nil, nil
	}
	if etag != encryptedMD5 {
		f.set(failed)
		f.failureReason = "Upload integrity checksum mismatch"
		return 0, nil, fail(http.StatusBadRequest, "checksumMismatch", "The checksum is not that of the object in S3.", "file_id", fileID)
	}
	if size != f.encryptedSize {
		f.set(failed)
		f.failureReason = "Upload size mismatch"
		return 0, nil, fail(http.StatusBadRequest, "uploadSizeMismatch", "The object in S3 has another size than was declared.", "file_id", fileID)
	}
	f.set(inbox)
	f.completed = f.stateUpdated.Truncate(time.Millisecond)
	f.decryptedSHA, f.partsMD5, f.partsSHA = decryptedSHA, partsMD5, partsSHA
	u.boxes[boxID].version++
	return http.StatusNoContent, nil, nil
}

// deleteUpload cancels an upload or removes its object. It may be asked again.
func (u *UCS) deleteUpload(hr *http.Request) (int, any, error) {
	r := &request{Request: hr}
	boxID, fileID := r.id("box_id"), r.id("file_id")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	f, err := u.find(boxID, fileID)
	if err != nil {
		return 0, nil, err
	}
	if err := u.cancel(r.Context(), f); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}
