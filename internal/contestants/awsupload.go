package contestants

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"

	"github.com/ratebench/ratebench/internal/runner"
)

// awsUploader uploads with the client's own operations, and not with one of the SDK's upload managers: feature/s3/manager is
// deprecated and its successor no version 1 yet, both refuse parts below 5 MiB and send an object of one part in a PUT of its
// own, which meets other faults than the parts of everybody else. Retries are the client's and the same under all three.
type awsUploader struct {
	name   string
	client *s3.Client
	c      runner.Client
}

// Upload implements runner.Uploader. It returns when none of its requests is under way any more. The first part that fails
// ends the upload: it is aborted, as the SDK's managers do.
func (u *awsUploader) Upload(ctx context.Context, o runner.Object) (runner.Receipt, error) {
	ctx, requests := track(ctx)
	defer requests.end()
	created, err := u.client.CreateMultipartUpload(countAttempts(ctx), &s3.CreateMultipartUploadInput{
		Bucket: aws.String(u.c.S3.Bucket), Key: aws.String(o.Key),
	})
	if err != nil {
		return runner.Receipt{}, fmt.Errorf("%s: creating the upload of %s: %w", u.name, o.Key, err)
	}
	if created.UploadId == nil {
		return runner.Receipt{}, fmt.Errorf("%s: creating the upload of %s: the server named no upload", u.name, o.Key)
	}
	parts, err := u.parts(ctx, o, created.UploadId)
	etag := ""
	if err == nil {
		etag, err = u.complete(ctx, o, created.UploadId, parts)
	}
	if err != nil {
		if ctx.Err() == nil {
			// What remains is the backend's to clean up; the error that matters is the first.
			_, _ = u.client.AbortMultipartUpload(countAttempts(ctx), &s3.AbortMultipartUploadInput{
				Bucket: aws.String(u.c.S3.Bucket), Key: aws.String(o.Key), UploadId: created.UploadId,
			})
		}
		return runner.Receipt{}, fmt.Errorf("%s: uploading %s: %w", u.name, o.Key, err)
	}
	return runner.Receipt{ETag: strings.Trim(etag, `"`)}, nil
}

// parts uploads all parts, as many at a time as the client has in flight.
func (u *awsUploader) parts(ctx context.Context, o runner.Object, id *string) ([]types.CompletedPart, error) {
	size := cmp.Or(o.PartSize, u.c.PartSize)
	if size <= 0 {
		return nil, errors.New("no part size is given")
	}
	done := make([]types.CompletedPart, max(1, (o.Size+size-1)/size))
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(max(1, u.c.Concurrency))
	for i := range done {
		if running.Err() != nil {
			break
		}
		group.Go(func() error {
			n := i + 1
			u.hold(running, o.Ordinal, n)
			from := int64(i) * size
			out, err := u.client.UploadPart(countAttempts(running), &s3.UploadPartInput{
				Bucket: aws.String(u.c.S3.Bucket), Key: aws.String(o.Key), UploadId: id, PartNumber: aws.Int32(int32(n)),
				Body: io.NewSectionReader(o.Content, from, min(size, o.Size-from)),
			})
			if err != nil {
				return fmt.Errorf("part %d: %w", n, err)
			}
			done[i] = types.CompletedPart{PartNumber: aws.Int32(int32(n)), ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return done, context.Cause(ctx)
}

// hold waits for the small offset by which a client starts a part.
func (u *awsUploader) hold(ctx context.Context, object, part int) {
	if u.c.Offset == nil {
		return
	}
	t := time.NewTimer(u.c.Offset(object, part))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// complete finishes the upload. If the answer to an earlier attempt was lost, the upload is gone when the client asks again;
// then the object itself tells whether it is there. The stacks' uploads do the same.
func (u *awsUploader) complete(ctx context.Context, o runner.Object, id *string, parts []types.CompletedPart) (string, error) {
	out, err := u.client.CompleteMultipartUpload(countAttempts(ctx), &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(u.c.S3.Bucket), Key: aws.String(o.Key), UploadId: id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err == nil {
		return aws.ToString(out.ETag), nil
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) || answer.ErrorCode() != "NoSuchUpload" {
		return "", err
	}
	head, herr := u.client.HeadObject(countAttempts(ctx), &s3.HeadObjectInput{Bucket: aws.String(u.c.S3.Bucket), Key: aws.String(o.Key)})
	if herr != nil {
		return "", fmt.Errorf("%w, and asking for the object: %w", err, herr)
	}
	return aws.ToString(head.ETag), nil
}
