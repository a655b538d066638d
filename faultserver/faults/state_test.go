package faults_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// keeper is a backend that remembers what it did.
type keeper struct {
	mu   sync.Mutex
	did  []string
	body string // of its answers
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	k.mu.Lock()
	k.did = append(k.did, fmt.Sprintf("%s %d", ops.S3(r).Op, len(b)))
	k.mu.Unlock()
	w.Header().Set("Content-Length", fmt.Sprint(len(k.body)))
	_, _ = io.WriteString(w, k.body)
}

func (k *keeper) AbortUpload(_ context.Context, bucket, key, upload string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.did = append(k.did, "abort "+bucket+" "+key+" "+upload)
	return nil
}

func (k *keeper) DeleteObject(_ context.Context, bucket, key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.did = append(k.did, "delete "+bucket+" "+key)
	return nil
}

func (k *keeper) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.did, ", ")
}

func keep(t *testing.T, c faults.Config, body string) (*service, *keeper) {
	k := &keeper{body: body}
	return serveRules(t, k, faultserver.Options{Rules: []faultserver.Rule{{Name: "fault", Do: faults.Of(c)}}, Admin: k}), k
}

func TestCommitThenFail(t *testing.T) {
	s, k := keep(t, &faults.CommitThenFail{Status: 503}, "")
	resp, body, err := s.put(1000)
	if err != nil || resp.StatusCode != 503 || !strings.Contains(body, "<Code>ServiceUnavailable</Code>") {
		t.Errorf("%v, %v, %s", resp, err, body)
	}
	if k.String() != "upload_part 1000" || !s.faults.Ledger()[0].Committed {
		t.Errorf("the backend did %v; ledger %+v", k, s.faults.Ledger())
	}
}

func TestAckThenLose(t *testing.T) {
	s, k := keep(t, &faults.AckThenLose{}, "")
	content := strings.Repeat("x", 1000)
	want := fmt.Sprintf(`"%x"`, md5.Sum([]byte(content)))
	resp, _, err := s.put(1000)
	if err != nil || resp.StatusCode != 200 || resp.Header.Get("ETag") != want {
		t.Errorf("%v, %v", resp, err)
	}
	req, err := http.NewRequest("PUT", s.url+"/bucket/key", strings.NewReader("3e8\r\n"+content+"\r\n0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
	if resp, err = s.client.Do(req); err != nil || resp.Header.Get("ETag") != want {
		t.Errorf("aws-chunked: %v, %v", resp, err)
	}
	resp.Body.Close()
	if k.String() != "" || s.faults.Ledger()[0].Committed {
		t.Errorf("the backend did %v", k)
	}
	s, k = keep(t, &faults.AckThenLose{How: "delete"}, "")
	if resp, _, err := s.do("PUT", "/bucket/key", 10); err != nil || resp.StatusCode != 200 {
		t.Errorf("%v, %v", resp, err)
	}
	if k.String() != "put_object 10, delete bucket key" {
		t.Errorf("the backend did %v", k)
	}
}

// The client gives up after a second; three seconds later the part is there all the same.
func TestLateCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		fs, err := faultserver.New(faultserver.Options{Rules: []faultserver.Rule{{
			Name: "fault", Do: faults.Of(&faults.LateCommit{Delay: units.Duration(4 * time.Second)}),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		r := httptest.NewRequestWithContext(ctx, "PUT", "/bucket/key?partNumber=1&uploadId=u", bytes.NewReader(make([]byte, 1000)))
		go fs.Handler(k, ops.S3).ServeHTTP(httptest.NewRecorder(), r)
		time.Sleep(3 * time.Second)
		if k.String() != "" {
			t.Errorf("after 3 s the backend did %v", k)
		}
		time.Sleep(2 * time.Second)
		if k.String() != "upload_part 1000" {
			t.Errorf("after 5 s the backend did %v", k)
		}
	})
}

func TestAbortUpload(t *testing.T) {
	s, k := keep(t, &faults.AbortUpload{}, "")
	if _, _, err := s.put(10); err != nil {
		t.Error(err)
	}
	if _, _, err := s.do("PUT", "/bucket/key", 5); err != nil {
		t.Error(err)
	}
	if k.String() != "abort bucket key u, upload_part 10, put_object 5" {
		t.Errorf("the backend did %v", k)
	}
	if _, err := faultserver.New(faultserver.Options{Rules: []faultserver.Rule{{Name: "r", Do: faults.Of(&faults.AbortUpload{})}}}); err == nil {
		t.Error("abort_upload without an S3 backend was taken")
	}
}

func TestStaleList(t *testing.T) {
	const list = `<?xml version="1.0"?><ListPartsResult><Part><PartNumber>1</PartNumber><LastModified>2020-01-01T00:00:00.000Z</LastModified></Part>` +
		`<Part><PartNumber>2</PartNumber><LastModified>2999-01-01T00:00:00.000Z</LastModified></Part></ListPartsResult>`
	first := list[:strings.Index(list, "<Part><PartNumber>2")] + "</ListPartsResult>"
	for name, c := range map[string]*faults.StaleList{"missing": {}, "age": {Age: units.Duration(time.Hour)}} {
		s, _ := keep(t, c, list)
		resp, body, err := s.do("GET", "/bucket/key?uploadId=u", 0)
		if err != nil || body != first || resp.ContentLength != int64(len(first)) {
			t.Errorf("%s: %v\n%s", name, err, body)
		}
		s.acted("stale_list")
	}
	s, _ := keep(t, &faults.StaleList{}, "no list")
	if _, body, err := s.do("GET", "/bucket/key", 0); err != nil || body != "no list" {
		t.Errorf("no list: %v, %s", err, body)
	}
	s.acted("")
}

func TestCompleteSlow(t *testing.T) {
	s, k := keep(t, &faults.CompleteSlow{For: units.Duration(30 * time.Millisecond), Every: units.Duration(10 * time.Millisecond)},
		`<?xml version="1.0" encoding="UTF-8"?>`+"\n<CompleteMultipartUploadResult/>")
	resp, body, err := s.do("POST", "/bucket/key?uploadId=u", 5)
	if err != nil || resp.StatusCode != 200 || body != `<?xml version="1.0" encoding="UTF-8"?>`+"\n   \n<CompleteMultipartUploadResult/>" {
		t.Errorf("%v, %v, %q", resp, err, body)
	}
	if k.String() != "complete_upload 5" {
		t.Errorf("the backend did %v", k)
	}
}

func TestOrphan(t *testing.T) {
	s, k := keep(t, &faults.Orphan{}, "")
	if resp, _, err := s.do("POST", "/bucket/key?uploads", 0); err != nil || resp.StatusCode != 200 {
		t.Errorf("%v, %v", resp, err)
	}
	if _, _, err := s.put(7); err != nil {
		t.Error(err)
	}
	if k.String() != "create_upload 0, create_upload 0, upload_part 7" {
		t.Errorf("the backend did %v", k)
	}
}
