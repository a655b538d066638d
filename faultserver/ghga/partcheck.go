package ghga

import (
	"context"
	"net/http"
)

// checkPart looks at a part that S3 should have by now, when the next is asked for. One that is larger than the client said its parts are ends the
// upload: it is aborted, and the file is cancelled. A part that is not there yet, since several are sent at once, is no fault; so the
// last part is never looked at.
//
// Note: GHGA's epic "Pistol Shrimp" has this check and its status, and no exception id. The id is made up like the others: boxMaxSizeExceeded is another
// limit that the client knew. In data stand the file, the part that is too large, and the size that was said.
func (u *UCS) checkPart(ctx context.Context, f *file, part int) error {
	size, err := u.storage.partSize(ctx, f.key(), f.uploadID, part)
	if isCode(err, "NoSuchUpload") { // it ended since it was looked for
		return uploadNotInS3()
	}
	if err != nil || size <= f.partSize {
		return err
	}
	if err := u.cancel(ctx, f); err != nil {
		return err
	}
	return fail(http.StatusBadRequest, "partSizeExceeded", "A part is larger than was declared; the upload is cancelled.",
		"file_id", f.id, "part_no", part, "part_size", f.partSize)
}

// partSize is the size in bytes of a part that S3 has; 0: it has none of this number.
func (s *storage) partSize(ctx context.Context, key, uploadID string, part int) (int64, error) {
	page, err := s.direct.ListObjectParts(ctx, s.bucket, key, uploadID, part-1, 1)
	if err != nil || len(page.ObjectParts) == 0 || page.ObjectParts[0].PartNumber != part {
		return 0, err
	}
	return page.ObjectParts[0].Size, nil
}

func uploadNotInS3() error {
	return fail(http.StatusNotFound, "s3UploadNotFound", "The multipart upload was not found in S3.")
}
