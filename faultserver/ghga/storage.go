package ghga

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

// storage does the S3 operations of the service, through any S3 API.
type storage struct {
	direct *minio.Core // past the faults
	public *minio.Core // only signs
	bucket string
}

// errParts says that the parts that S3 holds make no object: there is none, or their sizes are amiss.
var errParts = errors.New("parts are missing or differ in size")

func isCode(err error, codes ...string) bool {
	got := minio.ToErrorResponse(err).Code
	for _, c := range codes {
		if err != nil && got == c {
			return true
		}
	}
	return false
}

// active asks whether exactly this upload is open.
func (s *storage) active(ctx context.Context, key, uploadID string) (bool, error) {
	ids, err := s.uploads(ctx, key)
	return slices.Contains(ids, uploadID), err
}

// uploads lists the ids of the uploads that are open for a key.
func (s *storage) uploads(ctx context.Context, key string) (ids []string, err error) {
	keyMarker, idMarker := "", ""
	for {
		page, err := s.direct.ListMultipartUploads(ctx, s.bucket, key, keyMarker, idMarker, "", 1000)
		if isCode(err, "NoSuchUpload") {
			return ids, nil // some servers say so where none is open
		}
		if err != nil {
			return nil, err
		}
		for _, up := range page.Uploads {
			if up.Key == key {
				ids = append(ids, up.UploadID)
			}
		}
		if !page.IsTruncated {
			return ids, nil
		}
		keyMarker, idMarker = page.NextKeyMarker, page.NextUploadIDMarker
	}
}

// presignGet makes the URL of an object without asking anybody.
func (s *storage) presignGet(ctx context.Context, key string, life time.Duration) (string, error) {
	u, err := s.public.Presign(ctx, http.MethodGet, s.bucket, key, life, nil)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// presignPart makes a part's URL without asking anybody.
func (s *storage) presignPart(ctx context.Context, key, uploadID string, part int, life time.Duration) (string, error) {
	q := url.Values{"uploadId": {uploadID}, "partNumber": {strconv.Itoa(part)}}
	u, err := s.public.Presign(ctx, http.MethodPut, s.bucket, key, life, q)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// complete makes the object of all parts that S3 holds. An upload that is gone while the object is there counts as
// completed: so a PATCH that is asked again succeeds.
func (s *storage) complete(ctx context.Context, key, uploadID string) error {
	open, err := s.active(ctx, key, uploadID)
	if err != nil {
		return err
	}
	if !open {
		_, err := s.direct.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
		if isCode(err, "NoSuchKey") {
			return errParts
		}
		return err
	}
	parts, err := s.parts(ctx, key, uploadID)
	if err != nil {
		return err
	}
	_, err = s.direct.CompleteMultipartUpload(ctx, s.bucket, key, uploadID, parts, minio.PutObjectOptions{})
	if isCode(err, "EntityTooSmall", "InvalidPart", "NoSuchUpload") {
		return errors.Join(errParts, err)
	}
	return err
}

// parts lists all parts, and checks that all but the last are as large as the first, and the last no larger.
func (s *storage) parts(ctx context.Context, key, uploadID string) ([]minio.CompletePart, error) {
	var parts []minio.CompletePart
	var first, last int64
	for marker := 0; ; {
		page, err := s.direct.ListObjectParts(ctx, s.bucket, key, uploadID, marker, 1000)
		if isCode(err, "NoSuchUpload") {
			return nil, errors.Join(errParts, err)
		}
		if err != nil {
			return nil, err
		}
		for _, p := range page.ObjectParts {
			if len(parts) == 0 {
				first = p.Size
			} else if last != first {
				return nil, errParts
			}
			last = p.Size
			parts = append(parts, minio.CompletePart{PartNumber: p.PartNumber, ETag: p.ETag})
		}
		if !page.IsTruncated {
			break
		}
		marker = page.NextPartNumberMarker
	}
	if len(parts) == 0 || last > first {
		return nil, errParts
	}
	return parts, nil
}

// head gets an object's ETag, without quotes, and size.
func (s *storage) head(ctx context.Context, key string) (etag string, size int64, err error) {
	info, err := s.direct.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	return strings.Trim(info.ETag, `"`), info.Size, err
}

// abort drops an upload; one that is gone is no error. If it is gone because it was completed, its object is removed: whoever aborts an upload
// wants neither. S3 may keep a part that came while it aborted, so the service looks whether any is left.
func (s *storage) abort(ctx context.Context, key, uploadID string) error {
	err := s.direct.AbortMultipartUpload(ctx, s.bucket, key, uploadID)
	if isCode(err, "NoSuchUpload") {
		return s.remove(ctx, key)
	}
	if err != nil {
		return err
	}
	left, err := s.direct.ListObjectParts(ctx, s.bucket, key, uploadID, 0, 1)
	switch {
	case isCode(err, "NoSuchUpload"):
		return nil
	case err == nil && len(left.ObjectParts) > 0:
		return errors.New("parts are left of an upload that was aborted")
	}
	return err
}

// drop aborts an upload, whether it is there or not, and leaves all else.
func (s *storage) drop(ctx context.Context, key, uploadID string) error {
	if err := s.direct.AbortMultipartUpload(ctx, s.bucket, key, uploadID); !isCode(err, "NoSuchUpload") {
		return err
	}
	return nil
}

// storePartSize is how much of an object is held while it is stored, in bytes.
const storePartSize = 16 << 20

// put stores an object of size bytes.
func (s *storage) put(ctx context.Context, key string, content io.Reader, size int64) error {
	_, err := s.direct.Client.PutObject(ctx, s.bucket, key, content, size, minio.PutObjectOptions{
		DisableContentSha256: true, NumThreads: 1, PartSize: storePartSize,
	})
	return err
}

func (s *storage) remove(ctx context.Context, key string) error {
	return s.direct.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
}
