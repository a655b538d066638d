package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/ratebench/ratebench/internal/workloads"
)

// stage is one thing that has to happen to every byte of an upload.
type stage struct {
	name  string
	bytes int64
	run   func() error
}

const stageCount = 4

var stageNames = [stageCount]string{"encryption", "MD5", "SHA-256 twice", "PUT with the server's share"}

// stages are what an upload's bytes go through, each by itself over a few parts.
func (d *deployment) stages(ctx context.Context, partSize int64) [stageCount]stage {
	const parts = 4
	plain := make([]byte, partSize)
	_, _ = workloads.Content(1, 1).ReadAt(plain, 0) // it never fails
	several := func(run func() error) func() error {
		return func() error {
			for range parts {
				if err := run(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	all := [stageCount]func() error{
		several(func() error { return encrypt(plain) }),
		several(func() error { md5.Sum(plain); return nil }),
		several(func() error { sha256.Sum256(plain); sha256.Sum256(plain); return nil }),
		func() error { return d.putParts(ctx, plain, parts) },
	}
	var list [stageCount]stage
	for i := range all {
		list[i] = stage{stageNames[i], parts * partSize, all[i]}
	}
	return list
}

// encrypt seals plain in segments as Crypt4GH has them, in place, as the connector does. (The segment type of the Crypt4GH module makes two
// copies of each and takes twice as long: as a yardstick it would be too easy.)
func encrypt(plain []byte) error {
	const segment = 64 << 10
	aead, err := chacha20poly1305.New(make([]byte, chacha20poly1305.KeySize))
	if err != nil {
		return err
	}
	sealed := make([]byte, 0, segment+aead.Overhead())
	nonce := make([]byte, aead.NonceSize())
	for len(plain) > 0 {
		n := min(segment, len(plain))
		if _, err := rand.Read(nonce); err != nil {
			return err
		}
		aead.Seal(sealed, nonce, plain[:n], nil)
		plain = plain[n:]
	}
	return nil
}

// putParts uploads the same part several times over to presigned URLs, one after the other.
func (d *deployment) putParts(ctx context.Context, part []byte, n int) error {
	endpoint, err := url.Parse(d.storeURL)
	if err != nil {
		return err
	}
	core, err := minio.NewCore(endpoint.Host, &minio.Options{Creds: credentials.NewStaticV4(deployedKey, deployedSecret, ""), Region: "us-east-1"})
	if err != nil {
		return err
	}
	id, err := core.NewMultipartUpload(ctx, deployedBucket, "stage", minio.PutObjectOptions{})
	if err != nil {
		return err
	}
	wire := &http.Transport{MaxIdleConnsPerHost: 1, DisableCompression: true}
	defer wire.CloseIdleConnections()
	for i := 1; i <= n; i++ {
		to, err := core.Presign(ctx, http.MethodPut, deployedBucket, "stage", time.Hour, url.Values{"uploadId": {id}, "partNumber": {strconv.Itoa(i)}})
		if err != nil {
			return err
		}
		if err := put(ctx, wire, to.String(), io.NewSectionReader(bytes.NewReader(part), 0, int64(len(part)))); err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
	}
	return core.AbortMultipartUpload(ctx, deployedBucket, "stage", id)
}

// perMiB is how many core-seconds a MiB costs.
func perMiB(run func() error, bytes int64) (float64, error) {
	before, _ := coreSeconds()
	if err := run(); err != nil {
		return 0, err
	}
	after, _ := coreSeconds()
	return (after - before) / (float64(bytes) / (1 << 20)), nil
}
