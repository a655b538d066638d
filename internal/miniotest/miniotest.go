// Package miniotest starts a real MinIO server for a test and ends it again.
//
// The binary is the one that RATEBENCH_MINIO names, or bin/minio in the repository (make minio puts it there), or minio
// in PATH. Without one the test is skipped, unless RATEBENCH_REQUIRE names minio: then it fails.
//
//	srv := miniotest.New(t)
//	client, err := minio.New(srv.Endpoint.Host, …)
package miniotest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Server is a running MinIO. It has no buckets yet.
type Server struct {
	Endpoint  *url.URL
	AccessKey string
	SecretKey string

	process *os.Process
	exited  chan struct{}
}

// readyWithin bounds the wait for a server that has just started.
const readyWithin = 30 * time.Second

// New starts a server on loopback, with its data in a temporary folder. It ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	address := freeAddress(t)
	s := &Server{
		Endpoint:  &url.URL{Scheme: "http", Host: address},
		AccessKey: "miniotest", SecretKey: "miniotest-secret", exited: make(chan struct{}),
	}
	cmd := exec.Command(binary(t), "server", "--address", address, t.TempDir())
	var output bytes.Buffer // read only after the process has ended
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+s.AccessKey, "MINIO_ROOT_PASSWORD="+s.SecretKey,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_CI_CD=1")
	if err := cmd.Start(); err != nil {
		t.Fatalf("MinIO does not start: %v", err)
	}
	s.process = cmd.Process
	go func() {
		defer close(s.exited)
		_ = cmd.Wait() // it is killed, and so ends with an error
	}()
	t.Cleanup(s.Kill)
	if err := s.ready(t.Context()); err != nil {
		s.Kill()
		t.Fatalf("%v; it said:\n%s", err, &output)
	}
	return s
}

// Kill ends the server at once, as a crash would, and waits until it is gone. It may be called again.
func (s *Server) Kill() {
	_ = s.process.Kill() // an error says that it has ended already
	<-s.exited
}

// ready waits until the server refuses a request without a signature. Its health check says that it is ready somewhat before it can answer.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint.String()+"/", nil)
	if err != nil {
		return err
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusForbidden {
				return nil
			}
			err = fmt.Errorf("an unsigned request is answered with %s", resp.Status)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("MinIO ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("MinIO is not ready after %v: %w", readyWithin, err)
		case <-tick.C:
		}
	}
}

// freeAddress finds a loopback port that nobody uses. Somebody may take it before MinIO does; then New fails.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("RATEBENCH_MINIO"); path != "" {
		return path
	}
	name := "minio"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if root := moduleRoot(); root != "" {
		path := filepath.Join(root, "bin", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	const message = "no MinIO server is installed: run `make minio`, or name one with RATEBENCH_MINIO"
	if strings.Contains(os.Getenv("RATEBENCH_REQUIRE"), "minio") {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

// moduleRoot is the nearest folder above the test's that holds a go.mod.
func moduleRoot() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return ""
}
