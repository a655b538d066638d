package s3

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// fortress is the embedded S3 behind a fault server, over TCP, with its bytes in a folder that is watched.
type fortress struct {
	t      testing.TB
	faults *faultserver.Server
	addr   string
	parent string // of the folder
	before string
}

func newFortress(t testing.TB) *fortress {
	f := &fortress{t: t, parent: t.TempDir()}
	store, err := New(Config{AccessKey: testKey, SecretKey: testSecret, Buckets: []string{testBucket}, Dir: filepath.Join(f.parent, "inside"), MinPartSize: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.parent, "outside"), []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f.faults, err = faultserver.New(faultserver.Options{}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f.addr = l.Addr().String()
	srv := faultserver.NewHTTPServer(f.faults.Handler(store, ops.S3))
	ended := make(chan struct{})
	go func() { defer close(ended); _ = srv.Serve(f.faults.Listener(l)) }()
	t.Cleanup(func() {
		f.faults.Stop()
		srv.Close()
		<-ended
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	f.before = f.outside()
	return f
}

// outside lists everything beside the server's own folder.
func (f *fortress) outside() string {
	var b strings.Builder
	err := filepath.WalkDir(f.parent, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == filepath.Join(f.parent, "inside") {
			return filepath.SkipDir
		}
		content, _ := os.ReadFile(path) // folders have none
		fmt.Fprintf(&b, "%s %q\n", path, content)
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return b.String()
}

// raw sends bytes as they are and returns what came back before the connection ended or fell silent.
func (f *fortress) raw(b []byte) string {
	c, err := net.Dial("tcp", f.addr)
	if err != nil {
		f.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	_, _ = c.Write(b) // the server may have had enough
	if tc, ok := c.(*net.TCPConn); ok {
		_ = tc.CloseWrite() // nothing more comes
	}
	out, _ := io.ReadAll(io.LimitReader(c, 1<<20)) // a reset is an end too
	return string(out)
}

// check finds what must never be.
func (f *fortress) check() {
	f.t.Helper()
	if now := f.outside(); now != f.before {
		f.t.Errorf("something outside of the folder changed:\n%s", now)
	}
	if resp, err := http.Get("http://" + f.addr + "/"); err != nil || resp.StatusCode != http.StatusForbidden {
		f.t.Fatalf("the server does not answer any more: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
}

// Names that would lead elsewhere if a key were a path.
func TestPathTricks(t *testing.T) {
	f := newFortress(t)
	for _, target := range []string{
		"/../outside", "/" + testBucket + "/../../outside", "/" + testBucket + "/%2e%2e/%2e%2e/outside", "/" + testBucket + "/..%2f..%2foutside",
		"/" + testBucket + "/a%00b", "/" + testBucket + "/" + strings.Repeat("x", 1024), "/" + testBucket + "/" + strings.Repeat("../", 200) + "outside",
		"/" + testBucket + `/..\..\outside`, "/" + testBucket + "//outside", "/" + testBucket + "/%ff%fe", "/" + testBucket + "/ünï", "/.%2e/outside",
		"//" + testBucket + "/outside", "/" + testBucket + "/CON", "/" + testBucket + "/.", "/" + testBucket + "/..",
	} {
		req, err := http.NewRequest(http.MethodPut, "http://"+f.addr+"/", bytes.NewReader([]byte("hello")))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = "" // the path goes over the wire as it stands here
		path, err := urlPath(target)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Path, req.URL.RawPath = path, target
		req = signer.SignV4(*req, testKey, testSecret, "", "us-east-1")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		resp.Body.Close()
		f.check()
	}
}

// urlPath decodes percent signs as net/http's server does.
func urlPath(target string) (string, error) {
	r, err := http.NewRequest(http.MethodGet, "http://x"+target, nil)
	if err != nil {
		return "", err
	}
	return r.URL.Path, nil
}

func FuzzRawRequests(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"PUT /bucket/../../x HTTP/1.1\r\nHost: x\r\nContent-Length: 107374182400\r\n\r\nhello",
		"PUT /b/k?partNumber=99999999999999999999&uploadId=%00 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
		"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"PUT /b/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
		"PUT /b/k HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=/////,SignedHeaders=,Signature=\r\nX-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n\r\n",
		"GET /b?X-Amz-Signature=x&X-Amz-Credential=a/b/c/d/e&X-Amz-Date=now&X-Amz-Expires=-1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00", "GET /" + strings.Repeat("a", 5000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	fort := newFortress(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		seen := len(fort.faults.Ledger())
		fort.raw(b)
		fort.t = t
		fort.check()
		// Every request that reached a handler is in the ledger once, with the answer it got.
		rows := fort.faults.Ledger()[seen:]
		ids := map[int]bool{}
		for _, row := range rows {
			if ids[row.Seq] || row.Kind == record.LedgerAttempt && row.TookS < 0 {
				t.Errorf("the ledger has %+v", rows)
			}
			ids[row.Seq] = true
		}
	})
}

// Clients that promise much and send little hold no memory.
func TestHostileClientsHoldNoMemory(t *testing.T) {
	f := newFortress(t)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var open []net.Conn
	for i := range 200 {
		c, err := net.Dial("tcp", f.addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		switch i % 4 {
		case 0: // slowloris: headers that never end
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		case 1: // a body of 100 GiB that never comes
			fmt.Fprint(c, "PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 107374182400\r\n\r\n")
		case 2: // headers without end
			go func() {
				line := make([]byte, 4096)
				_, _ = rand.Read(line) // never fails
				for {
					if _, err := fmt.Fprintf(c, "X-%x: %x\r\n", line[:4], line[:1000]); err != nil {
						return // it had enough
					}
				}
			}()
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n")
		case 3: // chunks without end
			fmt.Fprint(c, "PUT /bucket/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n")
		}
	}
	f.check()
	for i, c := range open {
		if i%4 == 2 { // it is cut off
			_ = c.SetReadDeadline(time.Now().Add(time.Minute))
			if _, err := bufio.NewReader(c).ReadString('\n'); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Error("headers without end are taken")
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 100<<20 {
		t.Errorf("200 hostile clients hold %d MiB", grown>>20)
	}
	for _, c := range open {
		c.Close()
	}
}
