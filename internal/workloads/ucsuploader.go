package workloads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// ucsUploader uploads through a stack as GHGA's clients do: the Upload Controller opens the upload, hands out a
// presigned URL for every part, and completes it. Control plane and data plane go through the same stack.
type ucsUploader struct {
	stack http.RoundTripper
	box   *url.URL
	parts int // in flight
	sha   *shaDigests
	// offset is when a part starts.
	offset func(object, part int) time.Duration
}

func newUCSUploader(c runner.Client, stack http.RoundTripper, sha *shaDigests) *ucsUploader {
	return &ucsUploader{stack: stack, box: c.Control, parts: c.Concurrency, sha: sha, offset: offset(c)}
}

// What the Crypt4GH format adds to a file. The UCS wants to know the size of both.
const (
	envelope    = 124   // bytes of the header
	segment     = 65564 // bytes of an encrypted segment
	segmentMore = 28    // of them that encryption added
)

// decryptedSize is the size of a file whose encrypted form has this size.
func decryptedSize(encrypted int64) int64 {
	body := encrypted - envelope
	return max(1, body-(body+segment-1)/segment*segmentMore)
}

// Upload implements runner.Uploader.
func (u *ucsUploader) Upload(ctx context.Context, o runner.Object) (runner.Receipt, error) {
	var created struct {
		FileID string `json:"file_id"`
	}
	err := u.call(ctx, http.MethodPost, u.box.JoinPath("uploads"), map[string]any{
		"alias": o.Key, "decrypted_size": decryptedSize(o.Size), "encrypted_size": o.Size, "part_size": o.PartSize,
	}, &created)
	if err != nil {
		return runner.Receipt{}, fmt.Errorf("creating the upload at the UCS: %w", err)
	}
	file := u.box.JoinPath("uploads", created.FileID)
	err = eachPart(ctx, u.parts, len(o.PartMD5), func(ctx context.Context, n int) error { return u.part(ctx, file, o, n) })
	if err == nil {
		err = u.complete(ctx, file, o)
	}
	if err != nil {
		if ctx.Err() == nil {
			_ = u.call(ctx, http.MethodDelete, file, nil, nil) // the error that matters is the first
		}
		return runner.Receipt{}, err
	}
	return runner.Receipt{Key: created.FileID}, nil
}

// part asks for a URL and puts the part there.
func (u *ucsUploader) part(ctx context.Context, file *url.URL, o runner.Object, n int) error {
	hold(ctx, u.offset(o.Ordinal, n))
	var to string
	if err := u.call(ctx, http.MethodGet, file.JoinPath("parts", strconv.Itoa(n)), nil, &to); err != nil {
		return fmt.Errorf("asking for its URL: %w", err)
	}
	resp, err := send(ctx, u.stack, http.MethodPut, to, partBody(o, n), nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return s3Answer(resp.StatusCode, answer)
	}
	return nil
}

func (u *ucsUploader) complete(ctx context.Context, file *url.URL, o runner.Object) error {
	md5s := make([]string, len(o.PartMD5))
	for i, sum := range o.PartMD5 {
		md5s[i] = md5Hex(sum)
	}
	sha := u.sha.find(o)
	err := u.call(ctx, http.MethodPatch, file, map[string]any{
		// The UCS stores the file's own digest unchecked; nothing was encrypted here, so there is none but the parts'.
		"decrypted_sha256":       sha[0],
		"encrypted_md5":          o.ETag(),
		"encrypted_parts_md5":    md5s,
		"encrypted_parts_sha256": sha,
	}, nil)
	if err != nil {
		return fmt.Errorf("completing the upload at the UCS: %w", err)
	}
	return nil
}

// call sends one JSON request to the UCS.
func (u *ucsUploader) call(ctx context.Context, method string, to *url.URL, in, out any) error {
	var b *body
	header := http.Header{"Accept": {"application/json"}}
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		b = bytesBody(raw)
		header["Content-Type"] = []string{"application/json"}
	}
	resp, err := send(ctx, u.stack, method, to.String(), b, header)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		var e struct {
			ID string `json:"exception_id"`
		}
		_ = json.Unmarshal(answer, &e) // FastAPI's own errors have no id
		return &answerError{resp.StatusCode, e.ID}
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			return fmt.Errorf("the UCS answered %d with something that is not the JSON it should be: %w", resp.StatusCode, err)
		}
	}
	return nil
}

// shaDigests remembers the SHA-256 of the parts, which the UCS is told at the end.
type shaDigests struct {
	mu    sync.Mutex
	known map[digestKey][]string
}

func (d *shaDigests) of(c *content, ordinal int, size, partSize int64) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := digestKey{ordinal % variants, size, partSize}
	if d.known[k] != nil {
		return d.known[k]
	}
	sums := make([]string, partCount(size, partSize))
	for i := range sums {
		h := sha256.New()
		_, _ = io.Copy(h, partReader(c.object(ordinal), i+1, size, partSize)) // neither side can fail
		sums[i] = hex.EncodeToString(h.Sum(nil))
	}
	if d.known == nil {
		d.known = map[digestKey][]string{}
	}
	d.known[k] = sums
	return sums
}

// find returns what was computed before the clock started.
func (d *shaDigests) find(o runner.Object) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[digestKey{o.Ordinal % variants, o.Size, o.PartSize}]
}
