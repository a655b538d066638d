package target

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/neicnordic/crypt4gh/streaming"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// verifyFile checks what became of a file, past the faults.
func (x *trial) verifyFile(ctx context.Context, o runner.Object, r runner.Receipt) error {
	switch x.site.scenario.Workload.Do {
	case scenarios.DoDownload:
		return x.platform.verifyDownload(o, r)
	case scenarios.DoDelete:
		return x.verifyDeleted(ctx, r)
	}
	return x.verifyUploaded(ctx, o, r)
}

// verifyUploaded compares what the UCS and S3 have of a file with what was sent: its state, size and ETag, and its content as the data
// hub decrypts it.
func (x *trial) verifyUploaded(ctx context.Context, o runner.Object, r runner.Receipt) error {
	state, ok := x.platform.State(r.Key)
	_, key, found := x.ucs.Object(r.Key)
	if !ok || !found {
		return fmt.Errorf("the UCS knows no file %q", r.Key)
	}
	if state.State != "inbox" {
		return fmt.Errorf("its state at the UCS is %s, and not inbox", state.State)
	}
	info, err := x.client.StatObject(ctx, x.direct.Bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return fmt.Errorf("asking for it: %s", reason(err))
	}
	if want := connector.EncryptedSize(o.Size); info.Size != want {
		return fmt.Errorf("it has %d bytes encrypted, sent were %d", info.Size, want)
	}
	if etag := strings.Trim(info.ETag, `"`); etag != r.ETag {
		return fmt.Errorf("its ETag is %s, computed from what was sent %s", etag, r.ETag)
	}
	sealed, err := x.client.GetObject(ctx, x.direct.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return fmt.Errorf("reading it back: %s", reason(err))
	}
	defer sealed.Close()
	plain, err := x.platform.decrypted(sealed)
	if err != nil {
		return err
	}
	h := sha256.New()
	if err := compare(plain, io.TeeReader(io.NewSectionReader(o.Content, 0, o.Size), h)); err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); state.DecryptedSHA256 != sum {
		return fmt.Errorf("its SHA-256 at the UCS is %s, and of what was sent %s", state.DecryptedSHA256, sum)
	}
	return nil
}

// decrypted is a file as the data hub reads it. Its magic is read with one Read, which may bring less than all of it.
func (p *platform) decrypted(sealed io.Reader) (io.Reader, error) {
	magic := make([]byte, 16)
	if _, err := io.ReadFull(sealed, magic); err != nil {
		return nil, fmt.Errorf("reading its Crypt4GH header: %s", reason(err))
	}
	_, private := p.HubKey()
	plain, err := streaming.NewCrypt4GHReader(io.MultiReader(bytes.NewReader(magic), sealed), private, nil)
	if err != nil {
		return nil, fmt.Errorf("decrypting it with the data hub's key: %w", err)
	}
	return plain, nil
}

// verifyDownload compares what is on disk, as the workload has hashed it, with what was stored.
func (p *platform) verifyDownload(o runner.Object, r runner.Receipt) error {
	p.mu.Lock()
	want := p.stored[o.Ordinal]
	p.mu.Unlock()
	switch {
	case r.Read != o.Size:
		return fmt.Errorf("the file has %d bytes, stored were %d", r.Read, o.Size)
	case r.SHA256 != want:
		return errors.New("the file differs from what was stored")
	}
	return nil
}

// verifyDeleted makes sure that nothing of an upload is left.
func (x *trial) verifyDeleted(ctx context.Context, r runner.Receipt) error {
	state, ok := x.platform.State(r.Key)
	_, key, found := x.ucs.Object(r.Key)
	if !ok || !found {
		return fmt.Errorf("the UCS knows no file %q", r.Key)
	}
	if state.State != "cancelled" {
		return fmt.Errorf("its state at the UCS is %s, and not cancelled", state.State)
	}
	switch _, err := x.client.StatObject(ctx, x.direct.Bucket, key, minio.StatObjectOptions{}); {
	case err == nil:
		return errors.New("S3 still has its object")
	case minio.ToErrorResponse(err).StatusCode != 404:
		return fmt.Errorf("asking whether S3 still has it: %s", reason(err))
	}
	open, err := x.platform.Open(ctx)
	if err != nil {
		return fmt.Errorf("asking for open uploads: %s", reason(err))
	}
	if slices.Contains(open, r.Key) {
		return errors.New("its multipart upload is still open at S3")
	}
	return nil
}
