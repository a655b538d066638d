package target

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/ratebench/ratebench/internal/runner"
)

// dial makes a client for the way past the faults.
func dial(to runner.S3, wire http.RoundTripper) (*minio.Client, error) {
	cl, err := minio.New(to.Endpoint.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(to.AccessKey, to.SecretKey, ""),
		Secure:       to.Endpoint.Scheme == "https",
		Region:       to.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   3,
		Transport:    wire,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint %s: %w", to.Endpoint.Redacted(), err)
	}
	return cl, nil
}

// reason is what an S3 error says, without addresses and queries.
func reason(err error) string {
	var resp minio.ErrorResponse
	if errors.As(err, &resp) && resp.Code != "" {
		return fmt.Sprintf("%d %s: %s", resp.StatusCode, resp.Code, resp.Message)
	}
	return runner.ErrorKind(err)
}

// verify compares an object with what was meant to be sent. An object in one part may have been put without multipart.
func verify(ctx context.Context, cl *minio.Client, bucket, key string, o runner.Object, content bool) error {
	info, err := cl.StatObject(ctx, bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return fmt.Errorf("asking for it: %s", reason(err))
	}
	if info.Size != o.Size {
		return fmt.Errorf("it has %d bytes, sent were %d", info.Size, o.Size)
	}
	want := o.ETag()
	plain := hex.EncodeToString(o.PartMD5[0][:])
	if etag := strings.Trim(info.ETag, `"`); etag != want && (len(o.PartMD5) > 1 || etag != plain) {
		return fmt.Errorf("its ETag is %s, computed from what was sent %s", etag, want)
	}
	if !content {
		return nil
	}
	r, err := cl.GetObject(ctx, bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return fmt.Errorf("reading it back: %s", reason(err))
	}
	defer r.Close()
	return compare(r, io.NewSectionReader(o.Content, 0, o.Size))
}

// compare reads both sides to the end.
func compare(got, want io.Reader) error {
	a, b := make([]byte, 256<<10), make([]byte, 256<<10)
	var at int64
	for {
		n, err := io.ReadFull(want, b)
		if n == 0 && err == io.EOF {
			return nil
		}
		if _, gerr := io.ReadFull(got, a[:n]); gerr != nil {
			return fmt.Errorf("reading it back at byte %d: %s", at, reason(gerr))
		}
		if !bytes.Equal(a[:n], b[:n]) {
			return fmt.Errorf("its content differs from what was sent, in the %d bytes from byte %d", n, at)
		}
		at += int64(n)
	}
}

// sweep removes all objects and unfinished uploads under a prefix; an empty one means the whole bucket.
func sweep(ctx context.Context, cl *minio.Client, bucket, prefix string) error {
	listing, stop := context.WithCancel(ctx)
	defer stop()
	var first error
	note := func(what string, err error) {
		if err != nil && first == nil {
			first = fmt.Errorf("removing %s from bucket %s: %s", what, bucket, reason(err))
		}
	}
	objects := make(chan minio.ObjectInfo)
	var listed error
	go func() {
		defer close(objects)
		for o := range cl.ListObjects(listing, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if o.Err != nil {
				listed = o.Err
				return
			}
			select {
			case objects <- o:
			case <-listing.Done():
				return
			}
		}
	}()
	for e := range cl.RemoveObjects(ctx, bucket, objects, minio.RemoveObjectsOptions{}) {
		note("objects", e.Err)
	}
	stop()
	for range objects { // until the listing has ended
	}
	note("objects", listed)
	for u := range cl.ListIncompleteUploads(ctx, bucket, prefix, true) {
		err := u.Err
		if err == nil {
			err = cl.RemoveIncompleteUpload(ctx, bucket, u.Key)
		}
		note("unfinished uploads", err)
	}
	return first
}
