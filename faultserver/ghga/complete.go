package ghga

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// completeUpload makes the object of an upload's parts and checks its ETag and size. The other digests are stored as
// they come, as in the service.
func (u *UCS) completeUpload(r *request) (int, any, error) {
	boxID, fileID := r.id("box_id"), r.id("file_id")
	r.object()
	decryptedSHA, encryptedMD5 := r.text("decrypted_sha256"), r.text("encrypted_md5")
	partsMD5, partsSHA := r.texts("encrypted_parts_md5"), r.texts("encrypted_parts_sha256")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayFile(boxID, fileID); err != nil {
		return 0, nil, err
	}
	f, state, version, err := u.standing(boxID, fileID)
	if err != nil {
		return 0, nil, err
	}
	if state != initial {
		return afterEnd(state, fileID)
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
		return afterEnd(f.state, fileID)
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
	f.activity = time.Time{}
	select {
	case u.completed <- struct{}{}:
	default:
	}
	b := u.boxes[boxID]
	if b == nil {
		return 0, nil, boxNotFound(boxID)
	}
	if u.rules.versionRace && b.version != version {
		return 0, nil, errors.New("the box has changed") // the service takes no care of this: it is an internal error, and the file is in
	}
	b.version++
	return http.StatusNoContent, nil, nil
}

// afterEnd answers a completion that comes when the upload has ended already: a second one changes nothing.
func afterEnd(state string, fileID uuid.UUID) (int, any, error) {
	if state == failed || state == cancelled {
		return 0, nil, fail(http.StatusConflict, "fileUploadStateError", "The upload is "+state+".", "file_id", fileID)
	}
	return http.StatusNoContent, nil, nil
}

// standing finds a file, with its own state and its box's version.
func (u *UCS) standing(boxID, fileID uuid.UUID) (f *file, state string, version int64, err error) {
	if f, err = u.find(boxID, fileID); err != nil {
		return nil, "", 0, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if b := u.boxes[boxID]; b != nil {
		version = b.version
	}
	return f, f.state, version, nil
}

// deleteUpload cancels an upload or removes its object. It may be asked again.
func (u *UCS) deleteUpload(r *request) (int, any, error) {
	boxID, fileID := r.id("box_id"), r.id("file_id")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayFile(boxID, fileID); err != nil {
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
