package s3

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestShortBody cuts a connection in the middle of a part: the part must not be there, and one before it must stay.
func TestShortBody(t *testing.T) {
	modes(t, func(t *testing.T, cfg Config, kept bool) {
		f := start(t, cfg)
		id := f.create("k")
		first := f.part("k", id, 1, body(3000, 1))
		conn, err := net.Dial("tcp", f.url.Host)
		if err != nil {
			t.Fatal(err)
		}
		u := presign(t, f.core, "k", id, 1, time.Hour)
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 3000\r\n\r\n", strings.TrimPrefix(u, f.url.String()), f.url.Host)
		if _, err := conn.Write(body(1000, 2)); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		conn.Close()
		if err != nil || !bytes.Contains(answer, []byte("400 Bad Request")) || !bytes.Contains(answer, []byte("<Code>IncompleteBody")) {
			t.Errorf("answer %q, %v", answer, err)
		}
		wantFiles(t, f, kept, 1)
		res, err := f.core.ListObjectParts(t.Context(), testBucket, "k", id, 0, 10)
		if err != nil || len(res.ObjectParts) != 1 || strings.Trim(res.ObjectParts[0].ETag, `"`) != first.ETag {
			t.Errorf("parts %+v, %v", res.ObjectParts, err)
		}
	})
}

func TestContentMD5(t *testing.T) {
	f := start(t, Config{})
	id := f.create("k")
	req, err := http.NewRequest(http.MethodPut, presign(t, f.core, "k", id, 1, time.Hour), bytes.NewReader(body(100, 1)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")
	if status, code, _ := do(t, req); status != 400 || code != "BadDigest" {
		t.Errorf("got %d %s", status, code)
	}
}

// fullDisk writes some bytes, then no more.
type fullDisk struct {
	io.WriteCloser
	left *atomic.Int64
}

func (d fullDisk) Write(p []byte) (int, error) {
	if d.left.Add(-int64(len(p))) < 0 {
		return 0, &os.PathError{Op: "write", Path: "/a/secret/place", Err: syscall.ENOSPC}
	}
	return d.WriteCloser.Write(p)
}

func TestFullDisk(t *testing.T) {
	f := start(t, Config{Dir: t.TempDir(), MinPartSize: -1})
	var left atomic.Int64
	left.Store(5000)
	f.srv.files.create = func(path string) (io.WriteCloser, error) {
		w, err := createFile(path)
		return fullDisk{w, &left}, err
	}
	id := f.create("k")
	first := f.part("k", id, 1, body(3000, 1))
	resp, err := http.DefaultClient.Do(must(http.NewRequest(http.MethodPut, presign(t, f.core, "k", id, 2, time.Hour), bytes.NewReader(body(3000, 2)))))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 500 || !strings.Contains(string(b), "cannot be stored") ||
		!strings.Contains(string(b), syscall.ENOSPC.Error()) || strings.Contains(string(b), "secret") {
		t.Errorf("got %d %s, %v", resp.StatusCode, b, err)
	}
	wantFiles(t, f, true, 1)
	left.Store(1 << 20)
	second := f.part("k", id, 2, body(3000, 2))
	if etag, err := f.complete("k", id, first, second); err != nil || etag != wantETag(body(3000, 1), body(3000, 2)) {
		t.Errorf("complete after the disk has room: %s, %v", etag, err)
	}
}

func TestUnsupported(t *testing.T) {
	f := start(t, Config{})
	for _, query := range []string{"?tagging", "?acl", "?versionId"} {
		q := strings.TrimPrefix(query, "?")
		u, err := f.core.Presign(t.Context(), http.MethodGet, testBucket, "k", time.Hour, map[string][]string{q: {"x"}})
		if err != nil {
			t.Fatal(err)
		}
		req := must(http.NewRequest(http.MethodGet, u.String(), nil))
		if status, code, _ := do(t, req); status != http.StatusNotImplemented || code != "NotImplemented" {
			t.Errorf("%s: got %d %s", query, status, code)
		}
	}
}

func TestDigestsOnlyKeepNothing(t *testing.T) {
	f := start(t, Config{})
	id := f.create("k")
	u := presign(t, f.core, "k", id, 1, time.Hour)
	b := body(8<<20, 1)
	put(t, u, b) // fills the pools
	allocated := testing.Benchmark(func(bench *testing.B) {
		bench.ReportAllocs()
		for bench.Loop() {
			put(bench, u, b)
		}
	}).AllocedBytesPerOp()
	if allocated > 400<<10 {
		t.Errorf("a part of 8 MiB costs %d bytes of memory", allocated)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(errors.Join(errors.New("test is wrong"), err))
	}
	return v
}
