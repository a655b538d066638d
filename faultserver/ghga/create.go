package ghga

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
)

// S3's limits for multipart uploads.
const (
	minPartSize = 5 << 20
	maxPartSize = 5 << 30
	maxParts    = 10_000
)

// createUpload opens an upload. The order of the checks is the service's.
func (u *UCS) createUpload(r *request) (int, any, error) {
	boxID := r.id("box_id")
	r.object()
	f := &file{
		boxID: boxID, alias: r.text("alias"),
		decryptedSize: r.number("decrypted_size", 1, 0), encryptedSize: r.number("encrypted_size", 1, 0),
		partSize: r.number("part_size", minPartSize, maxPartSize),
	}
	overwrite := r.flag("overwrite")
	if len(r.faults) == 0 && f.encryptedSize <= f.decryptedSize {
		r.fault("value_error", "Value error, encrypted_size must be greater than decrypted_size", r.body, "body")
	}
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayCreate(boxID, f.alias); err != nil {
		return 0, nil, err
	}
	if overwrite {
		old, err := u.overwritten(f)
		if err != nil {
			return 0, nil, err
		}
		if old != nil {
			var abort *apiError
			if err := u.cancel(r.Context(), old); errors.As(err, &abort) {
				return 0, nil, fail(http.StatusConflict, "orphanedMultipartUpload", "The earlier upload could not be aborted.", "file_alias", f.alias)
			} else if err != nil {
				return 0, nil, err
			}
		}
	}
	if err := u.reserve(f); err != nil {
		return 0, nil, err
	}
	uploadID, err := u.storage.direct.NewMultipartUpload(r.Context(), u.cfg.Bucket, f.key(), minio.PutObjectOptions{})
	f.uploadID = uploadID
	if gone, err := u.insert(f, err); gone && uploadID != "" {
		return 0, nil, errors.Join(err, u.storage.abort(r.Context(), f.key(), uploadID))
	} else if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, map[string]any{"file_id": f.id, "alias": f.alias, "storage_alias": u.cfg.StorageAlias}, nil
}

// overwritten finds the upload that a new one with overwrite removes first, or nil.
func (u *UCS) overwritten(f *file) (*file, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	b, err := u.openBox(f.boxID)
	if err != nil {
		return nil, err
	}
	old := b.uploads[f.alias]
	if old == nil || old.state != initial && old.state != inbox {
		return nil, nil
	}
	return old, nil
}

// reserve checks the box's limits, gives the file its ids and counts it as being created.
func (u *UCS) reserve(f *file) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	b, err := u.openBox(f.boxID)
	if err != nil {
		return err
	}
	unfinished := b.unfinished()
	if limit := u.cfg.MaxOpenUploads; limit >= 0 && len(unfinished)+b.creating >= limit {
		return fail(http.StatusTooManyRequests, "tooManyOpenUploads", "Too many uploads of this box are open.",
			"box_id", b.id, "max_concurrent", limit)
	}
	size := b.stored() + b.creatingBytes
	for _, o := range unfinished {
		size += o.decryptedSize
	}
	if f.decryptedSize > b.maxSize-size {
		return fail(http.StatusInsufficientStorage, "boxMaxSizeExceeded", "The file does not fit into the box.",
			"box_id", b.id, "max_size", b.maxSize, "current_size", size, "file_alias", f.alias)
	}
	if (f.encryptedSize-1)/f.partSize+1 > maxParts {
		return fail(http.StatusBadRequest, "invalidPartSize", "The file would have more than 10,000 parts.",
			"file_alias", f.alias, "part_size", f.partSize)
	}
	f.id, f.objectID = u.name(f.alias)
	u.begun = append(u.begun, f)
	b.creating++
	b.creatingBytes += f.decryptedSize
	return nil
}

// insert ends a reservation: the upload is a record from now on, unless S3 failed or the alias is taken. In the latter
// case the multipart upload stays behind in S3, as in the service. gone: the box was deleted meanwhile, and the upload has to go as well.
func (u *UCS) insert(f *file, s3 error) (gone bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f.set(cancelled) // whatever comes of it in S3 is nobody's, unless it becomes a record
	b := u.boxes[f.boxID]
	if b == nil || b.going {
		return true, errors.Join(boxNotFound(f.boxID), s3)
	}
	b.creating--
	b.creatingBytes -= f.decryptedSize
	if s3 != nil {
		return false, s3
	}
	old := b.uploads[f.alias]
	if old != nil && old.state != failed && old.state != cancelled {
		return false, fail(http.StatusConflict, "fileUploadAlreadyExists", "An upload with this alias exists.", "alias", f.alias)
	}
	if old != nil {
		delete(u.files, old.id)
	}
	f.set(initial)
	f.initiated = f.stateUpdated.Truncate(time.Millisecond)
	f.activity = f.stateUpdated
	b.uploads[f.alias] = f
	u.files[f.id] = f
	return false, nil
}

// find returns a file of an open box.
func (u *UCS) find(boxID, fileID uuid.UUID) (*file, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, err := u.openBox(boxID); err != nil {
		return nil, err
	}
	f := u.files[fileID]
	if f == nil || f.boxID != boxID {
		return nil, fileNotFound(fileID)
	}
	return f, nil
}
