package workloads

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"

	"github.com/ratebench/ratebench/internal/runner"
)

// presignedFor is how long a presigned URL holds: longer than any trial.
const presignedFor = time.Hour

// maxAnswer bounds how much of an answer is read.
const maxAnswer = 1 << 20

// s3Uploader uploads through a stack: create, PUT every part to a presigned URL, complete. minio-go only signs; every
// request goes through the stack, and nothing else decides about it.
type s3Uploader struct {
	stack  http.RoundTripper
	signer *minio.Client
	bucket string
	parts  int // in flight
	offset func(object, part int) time.Duration
}

func newS3Uploader(c runner.Client, stack http.RoundTripper) (*s3Uploader, error) {
	signer, err := minio.New(c.S3.Endpoint.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(c.S3.AccessKey, c.S3.SecretKey, ""),
		Secure:       c.S3.Endpoint.Scheme == "https",
		Region:       c.S3.Region,
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("signing for %s: %w", c.S3.Endpoint.Redacted(), err)
	}
	return &s3Uploader{stack: stack, signer: signer, bucket: c.S3.Bucket, parts: c.Concurrency, offset: offset(c)}, nil
}

// Upload implements runner.Uploader. The first part that fails ends the upload: it is aborted, as clients do.
func (u *s3Uploader) Upload(ctx context.Context, o runner.Object) (runner.Receipt, error) {
	var created struct {
		UploadID string `xml:"UploadId"`
	}
	if _, err := u.call(ctx, http.MethodPost, o.Key, url.Values{"uploads": {""}}, nil, &created); err != nil {
		return runner.Receipt{}, fmt.Errorf("creating the upload: %w", err)
	}
	id := created.UploadID
	etags := make([]string, len(o.PartMD5))
	err := eachPart(ctx, u.parts, len(etags), func(ctx context.Context, n int) (err error) {
		hold(ctx, u.offset(o.Ordinal, n))
		q := url.Values{"uploadId": {id}, "partNumber": {strconv.Itoa(n)}}
		etags[n-1], err = u.call(ctx, http.MethodPut, o.Key, q, partBody(o, n), nil)
		return err
	})
	var etag string
	if err == nil {
		etag, err = u.complete(ctx, o, id, etags)
	}
	if err != nil {
		if ctx.Err() == nil {
			// What remains is the backend's to clean up; the error that matters is the first.
			_, _ = u.call(ctx, http.MethodDelete, o.Key, url.Values{"uploadId": {id}}, nil, nil)
		}
		return runner.Receipt{}, err
	}
	return runner.Receipt{ETag: etag}, nil
}

// eachPart calls do for the parts from 1 to n, with some in flight at a time. The first error stops the others.
func eachPart(ctx context.Context, inFlight, n int, do func(ctx context.Context, part int) error) error {
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(inFlight)
	for part := 1; part <= n && running.Err() == nil; part++ {
		group.Go(func() error {
			if err := do(running, part); err != nil {
				return fmt.Errorf("part %d: %w", part, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// complete finishes the upload. If the answer to an earlier attempt was lost, the upload is gone when it is asked for
// again; then the object itself tells whether it is there.
func (u *s3Uploader) complete(ctx context.Context, o runner.Object, id string, etags []string) (string, error) {
	type part struct {
		PartNumber int
		ETag       string
	}
	list := struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []part
	}{}
	for i, etag := range etags {
		list.Part = append(list.Part, part{i + 1, etag})
	}
	body, err := xml.Marshal(list)
	if err != nil {
		return "", err
	}
	var done struct{ ETag string }
	_, err = u.call(ctx, http.MethodPost, o.Key, url.Values{"uploadId": {id}}, bytesBody(body), &done)
	if err == nil {
		return strings.Trim(done.ETag, `"`), nil
	}
	var answer *answerError
	if !errors.As(err, &answer) || answer.code != "NoSuchUpload" {
		return "", fmt.Errorf("completing the upload: %w", err)
	}
	etag, herr := u.call(ctx, http.MethodHead, o.Key, nil, nil, nil)
	if herr != nil {
		return "", fmt.Errorf("completing the upload: %w, and asking for the object: %w", err, herr)
	}
	return strings.Trim(etag, `"`), nil
}

// body is a request's body: every attempt opens a reader of its own.
type body struct {
	size int64
	open func() io.ReadCloser
}

func bytesBody(b []byte) *body {
	return &body{int64(len(b)), func() io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }}
}

func partBody(o runner.Object, n int) *body {
	return &body{partReader(o.Content, n, o.Size, o.PartSize).Size(), func() io.ReadCloser {
		return io.NopCloser(partReader(o.Content, n, o.Size, o.PartSize))
	}}
}

// call sends one presigned request through the stack, decodes the answer into out if that is not nil, and returns the
// ETag header.
func (u *s3Uploader) call(ctx context.Context, method, key string, q url.Values, b *body, out any) (etag string, err error) {
	signed, err := u.signer.Presign(ctx, method, u.bucket, key, presignedFor, q)
	if err != nil {
		return "", fmt.Errorf("presigning: %w", err)
	}
	resp, err := send(ctx, u.stack, method, signed.String(), b, nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("reading the answer: %w", err)
	}
	failed := s3Answer(resp.StatusCode, answer)
	if resp.StatusCode/100 != 2 || failed.code != "" { // S3 may answer a complete with 200 and an error in the body
		return "", failed
	}
	if out != nil {
		if err := xml.Unmarshal(answer, out); err != nil {
			return "", fmt.Errorf("the server answered %d with something that is not the XML it should be: %w", resp.StatusCode, err)
		}
	}
	return resp.Header.Get("ETag"), nil
}

// send is one request through a stack. Errors do not hold the URL: it is presigned.
func send(ctx context.Context, stack http.RoundTripper, method, to string, b *body, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, nil)
	if err != nil {
		return nil, errors.New("the part URL cannot be parsed")
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if b != nil {
		req.ContentLength = b.size
		req.Body = b.open()
		req.GetBody = func() (io.ReadCloser, error) { return b.open(), nil }
	}
	return stack.RoundTrip(req)
}

// answerError is an answer that is not a success.
type answerError struct {
	status int
	code   string
}

func (e *answerError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the server answered %d %s", e.status, e.code))
}

func s3Answer(status int, body []byte) *answerError {
	var e struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}
	_ = xml.Unmarshal(body, &e) // a body that is no S3 error has no code
	return &answerError{status, e.Code}
}

func md5Hex(sum [16]byte) string { return hex.EncodeToString(sum[:]) }
