package contestants

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ratebench/ratebench/internal/runner"
)

// s3Wire is an S3 in memory that an SDK talks to without a network, so that it works in virtual time. say answers the
// attempts of a part, from 1; a status of 0 takes it.
type s3Wire struct {
	say func(part, attempt int) answer

	mu       sync.Mutex
	times    map[int][]time.Time
	bodies   map[int][]byte
	creates  int
	complete int
	aborts   int
}

// RoundTrip implements http.RoundTripper.
func (f *s3Wire) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	q := req.URL.Query()
	reply := func(a answer) (*http.Response, error) {
		s := &script{say: func(int) answer { return a }}
		read := *req // the caller's stays as it is
		read.Body = nil
		return s.RoundTrip(&read)
	}
	xml := []string{"Content-Type", "application/xml"}
	switch {
	case req.Method == http.MethodPost && q.Has("uploads"):
		f.creates++
		return reply(answer{status: 200, header: xml, body: `<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`})
	case req.Method == http.MethodPut && q.Has("partNumber"):
		part, _ := strconv.Atoi(q.Get("partNumber"))
		if f.times == nil {
			f.times, f.bodies = map[int][]time.Time{}, map[int][]byte{}
		}
		f.times[part] = append(f.times[part], time.Now())
		if f.say != nil {
			if a := f.say(part, len(f.times[part])); a.status != 0 || a.err != nil {
				return reply(a)
			}
		}
		f.bodies[part] = body
		return reply(answer{status: 200, header: []string{"ETag", `"p"`}})
	case req.Method == http.MethodPost && q.Has("uploadId"):
		f.complete++
		return reply(answer{status: 200, header: xml, body: `<CompleteMultipartUploadResult><ETag>"whole-3"</ETag></CompleteMultipartUploadResult>`})
	case req.Method == http.MethodDelete:
		f.aborts++
		return reply(answer{status: 204})
	}
	return reply(answer{status: 501})
}

func (f *s3Wire) gaps(part int) []time.Duration { return (&wire{times: f.times[part]}).gaps() }

func s3Client(w http.RoundTripper) runner.Client {
	c := testClient(w)
	c.S3 = runner.S3{Endpoint: &url.URL{Scheme: "http", Host: "s3.test"}, Region: "us-east-1", Bucket: "bucket", AccessKey: "access", SecretKey: "topsecret"}
	c.PartSize = 5 << 20
	return c
}

func uploaderOf(t *testing.T, name string, with map[string]string, c runner.Client) runner.Uploader {
	t.Helper()
	made, err := New(name, "", with)
	if err != nil {
		t.Fatal(err)
	}
	up, err := made.(runner.SDKContestant).Uploader(c)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// content is what tests upload: size bytes, none like its neighbour.
func content(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(i * 7 >> (i % 5))
	}
	return b
}

func upload(t *testing.T, up runner.Uploader, size int, partSize int64) (runner.Receipt, error) {
	t.Helper()
	return up.Upload(t.Context(), runner.Object{Key: "key", Ordinal: 1, Size: int64(size), PartSize: partSize, Content: bytes.NewReader(content(size))})
}

func clientOf(up runner.Uploader) *s3.Client { return up.(*awsUploader).client }
