package realclients

//lint:file-ignore SA1019 feature/s3/manager is what most services that exist upload with.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/scenarios"
)

const (
	bucket = "real"
	size   = 100 << 20
	long   = 3 * time.Minute // for a client that backs off
)

var keys = gateway.Keys{Access: "realclient", Secret: "realclient-secret"}

// serve puts the embedded S3 up behind the faults of a scenario; empty: none.
func serve(t *testing.T, scenario string) *gateway.Gateway {
	t.Helper()
	config := gateway.Config{Seed: 1}
	if scenario != "" {
		sc, err := scenarios.Load(scenario)
		if err != nil {
			t.Fatal(err)
		}
		config.Rules, config.Phases, config.Seed = sc.Faults, sc.Timeline(), sc.Seed
	}
	return open(t, config)
}

// open puts the embedded S3 up until the test ends.
func open(t *testing.T, config gateway.Config) *gateway.Gateway {
	t.Helper()
	g := start(t, config)
	t.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return g
}

// start puts the embedded S3 up, on a port of its own. The caller closes it.
func start(t *testing.T, config gateway.Config) *gateway.Gateway {
	t.Helper()
	config.Listen = "127.0.0.1:0"
	var err error
	if config.Backend, err = gateway.Embedded(t.TempDir(), "", keys, []string{bucket}); err != nil {
		t.Fatal(err)
	}
	g, err := gateway.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// content makes a file of random bytes.
func content(t *testing.T) (file string, sum [32]byte) {
	t.Helper()
	b := make([]byte, size)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b) // never fails
	file = filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, sha256.Sum256(b)
}

func sumOf(t *testing.T, file string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// calm checks that nothing was retried.
func calm(t *testing.T, g *gateway.Gateway) {
	t.Helper()
	for _, l := range g.Tally.Lines() {
		if l.Retries > 0 || l.Throttled > 0 {
			t.Errorf("without faults: %+v", l)
		}
	}
}

// stormy checks that faults did strike.
func stormy(t *testing.T, g *gateway.Gateway) {
	t.Helper()
	acted := int64(0)
	for _, c := range g.Faults.Counts() {
		acted += c.Acted
	}
	if acted == 0 {
		t.Error("no fault acted, so the test shows nothing")
	}
}

func rclone(t *testing.T, g *gateway.Gateway, args ...string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	remote := fmt.Sprintf(":s3,provider=Other,access_key_id=%s,secret_access_key=%s,region=us-east-1,endpoint='%s',force_path_style=true:%s",
		keys.Access, keys.Secret, g.URL, bucket)
	for i := range args {
		args[i] = strings.Replace(args[i], "REMOTE", remote, 1)
	}
	cmd := exec.CommandContext(ctx, "rclone", append([]string{"--s3-chunk-size=8M", "--s3-upload-cutoff=16M"}, args...)...)
	// Nothing of this machine's own settings.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "RCLONE_CONFIG=/notfound"}
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("rclone did not end in %v\n%s", long, out)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

func needRclone(t *testing.T) {
	t.Helper()
	NeedRclone(t)
	if testing.Short() {
		t.Skip("100 MiB are not short")
	}
}

func TestRealClientRclone(t *testing.T) {
	needRclone(t)
	file, want := content(t)
	g := serve(t, "")
	back := t.TempDir()
	if err := rclone(t, g, "copy", file, "REMOTE/dir"); err != nil {
		t.Fatal(err)
	}
	if err := rclone(t, g, "copy", "REMOTE/dir", back); err != nil {
		t.Fatal(err)
	}
	if sumOf(t, filepath.Join(back, "content")) != want {
		t.Error("what came down is not what went up")
	}
	calm(t, g)
}

func TestRealClientRcloneFlaky(t *testing.T) {
	needRclone(t)
	file, want := content(t)
	g := serve(t, "flaky")
	back := t.TempDir()
	if err := rclone(t, g, "copy", "--retries=10", "--retries-sleep=500ms", "--low-level-retries=20", file, "REMOTE/dir"); err != nil {
		t.Logf("rclone says that it failed: %v", err)
		return
	}
	stormy(t, g)
	if err := rclone(t, g, "copy", "REMOTE/dir", back); err != nil {
		t.Fatal(err)
	}
	if sumOf(t, filepath.Join(back, "content")) != want {
		t.Error("rclone says that all is well, and what came down is not what went up")
	}
}

func sdk(g *gateway.Gateway) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(g.URL), Region: "us-east-1", UsePathStyle: true, RetryMaxAttempts: 10,
		Credentials: credentials.NewStaticCredentialsProvider(keys.Access, keys.Secret, ""),
	})
}

// updown uploads and downloads with the transfer manager. The first error is the client's own.
func updown(ctx context.Context, client *s3.Client, b []byte) ([]byte, error) {
	up := manager.NewUploader(client, func(u *manager.Uploader) { u.PartSize = 5 << 20 })
	if _, err := up.Upload(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("dir/sdk"), Body: bytes.NewReader(b)}); err != nil {
		return nil, err
	}
	down := manager.NewDownloader(client, func(d *manager.Downloader) { d.PartSize = 5 << 20 })
	w := manager.NewWriteAtBuffer(make([]byte, 0, len(b)))
	_, err := down.Download(ctx, w, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("dir/sdk")})
	return w.Bytes(), err
}

func sdkTest(t *testing.T, scenario string) (*gateway.Gateway, []byte, []byte, error) {
	if testing.Short() {
		t.Skip("100 MiB are not short")
	}
	file, _ := content(t)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, scenario)
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	got, err := updown(ctx, sdk(g), b)
	return g, b, got, err
}

func TestRealClientAWSSDK(t *testing.T) {
	g, want, got, err := sdkTest(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes came down and are not the %d that went up", len(got), len(want))
	}
	calm(t, g)
	// An object in one piece, with the SDK's checksum in a trailer.
	client := sdk(g)
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("small"), Body: strings.NewReader("hello")}); err != nil {
		t.Fatal(err)
	}
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("small")})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if b, err := io.ReadAll(out.Body); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestRealClientAWSSDKFlaky(t *testing.T) {
	g, want, got, err := sdkTest(t, "flaky")
	if err != nil {
		t.Logf("the SDK says that it failed: %v", err)
		return
	}
	stormy(t, g)
	if !bytes.Equal(got, want) {
		t.Error("the SDK says that all is well, and what came down is not what went up")
	}
	retries := 0
	for _, l := range g.Tally.Lines() {
		retries += l.Retries
	}
	if retries == 0 {
		t.Error("nothing was retried, so the tally or the faults do not work")
	}
}
