package contestants

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/internal/runner"
)

// minioContestant implements runner.SDKContestant with minio-go.
type minioContestant struct {
	name          string
	maxRetries    int
	contentSHA256 bool
	over          runner.StackContestant // nil: the wire
}

func newMinIO(name string, v values) (runner.Contestant, error) {
	return &minioContestant{name, v.count("max_retries"), v.flag("content_sha256"), nil}, nil
}

// Name implements runner.Contestant.
func (m *minioContestant) Name() string { return m.name }

// Uploader implements runner.SDKContestant.
func (m *minioContestant) Uploader(c runner.Client) (runner.Uploader, error) {
	if c.S3.Endpoint == nil {
		return nil, fmt.Errorf("minio-go: no endpoint is given")
	}
	client, err := minio.New(c.S3.Endpoint.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(c.S3.AccessKey, c.S3.SecretKey, ""),
		Secure:       c.S3.Endpoint.Scheme == "https",
		Transport:    below(m.over, c),
		Region:       c.S3.Region, // given, so that no request asks for it
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   m.maxRetries,
	})
	if err != nil {
		return nil, fmt.Errorf("minio-go: no client for %s: %w", c.S3.Endpoint.Host, err)
	}
	return &minioUploader{client, c, !m.contentSHA256}, nil
}

type minioUploader struct {
	client        *minio.Client
	c             runner.Client
	skipSignature bool // of the content
}

// Upload implements runner.Uploader. It returns when none of its requests is under way any more: PutObject itself returns
// on the first part that fails and leaves the others running.
func (u *minioUploader) Upload(ctx context.Context, o runner.Object) (runner.Receipt, error) {
	ctx, cancel := context.WithCancel(ctx)
	ctx, requests := track(ctx)
	defer requests.end()
	defer cancel()
	partSize := o.PartSize
	if partSize == 0 {
		partSize = u.c.PartSize
	}
	// A reader that is an io.ReaderAt is what makes minio-go read parts side by side, each through a SectionReader of its
	// own and without a buffer in between. Any other reader is read part after part.
	content := io.NewSectionReader(o.Content, 0, o.Size)
	info, err := u.client.PutObject(ctx, u.c.S3.Bucket, o.Key, content, o.Size, minio.PutObjectOptions{
		PartSize:             uint64(partSize),
		NumThreads:           uint(u.c.Concurrency),
		DisableContentSha256: u.skipSignature,
	})
	if err != nil {
		return runner.Receipt{}, fmt.Errorf("minio-go: uploading %s: %w", o.Key, err)
	}
	return runner.Receipt{ETag: strings.Trim(info.ETag, `"`), Key: o.Key}, nil
}
