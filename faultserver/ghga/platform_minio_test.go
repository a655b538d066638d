package ghga

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/neicnordic/crypt4gh/streaming"

	"github.com/ratebench/ratebench/internal/miniotest"
)

// TestPlatformOnMinIO uploads, counts what is open, and downloads over a real MinIO.
func TestPlatformOnMinIO(t *testing.T) {
	srv := miniotest.New(t)
	wire := http.DefaultTransport.(*http.Transport).Clone()
	defer wire.CloseIdleConnections()
	d := &deployment{fixture: &fixture{t: t}}
	var err error
	d.p, err = NewPlatform(PlatformConfig{Config: Config{
		Endpoint: srv.Endpoint, Bucket: bucket, AccessKey: srv.AccessKey, SecretKey: srv.SecretKey, Transport: wire,
	}, CheckPartSizes: true})
	if err != nil {
		t.Fatal(err)
	}
	d.keys()
	d.ucs = d.p.UCS()
	if err := d.ucs.storage.direct.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	fetch := func(method, url, body string) (int, string) {
		req, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal("no URL")
		}
		resp, err := wire.RoundTrip(req)
		if err != nil {
			t.Fatal("S3 does not answer")
		}
		return resp.StatusCode, bodyOf(t, resp)
	}

	r := d.ruler()
	file, id := r.begin(r.wp, "a", 5)
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 1 || open[0] != id {
		t.Errorf("open uploads: %v, %v", open, err)
	}
	if resp := r.create("a", create("a", 5)); resp.StatusCode != 409 {
		t.Errorf("creating twice: %d", resp.StatusCode)
	}
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 2 {
		t.Errorf("open uploads with an orphan: %v, %v", open, err)
	}
	if err := d.p.CleanUp(t.Context()); err != nil {
		t.Error(err)
	}
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 1 || open[0] != id {
		t.Errorf("open uploads after cleaning up: %v, %v", open, err)
	}
	part := decode[string](t, d.expect("GET", file+"/parts/1", r.order(r.wp, forFile("upload", id)), "", 200, ""))
	if status, _ := fetch("PUT", part, "12345"); status != 200 {
		t.Errorf("part: %d", status)
	}
	for range 2 {
		if resp := r.finish(id, finish(md5Of("12345"))); resp.StatusCode != 204 {
			t.Errorf("completing: %d %s", resp.StatusCode, bodyOf(t, resp))
		}
	}
	large, largeID := r.begin(r.wp, "large", 3*minPartSize)
	token := r.order(r.wp, forFile("upload", largeID))
	for n, content := range []string{1: strings.Repeat("x", minPartSize), 2: strings.Repeat("x", minPartSize+1)} {
		if n == 0 {
			continue
		}
		part := decode[string](t, d.expect("GET", large+"/parts/"+strconv.Itoa(n), token, "", 200, ""))
		if status, _ := fetch("PUT", part, content); status != 200 {
			t.Errorf("part %d: %d", n, status)
		}
	}
	d.expect("GET", large+"/parts/3", token, "", 400, "")
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open uploads after a part that was too large: %v, %v", open, err)
	}
	if err := d.p.CleanUp(t.Context()); err != nil {
		t.Error(err)
	}
	r.expect("DELETE", "/ucs/boxes/"+r.box.String()+"?version=1", r.rs("delete_box"), "", 204, "")

	const size = storePartSize + 12345
	object, token := d.stored(size)
	got := decode[drsObject](t, d.expect("GET", object, token, "", 200, ""))
	status, body := fetch("GET", got.AccessMethods[0].AccessURL.URL, "")
	if status != 200 || int64(len(body)) != got.Size {
		t.Errorf("download: %d, %d bytes", status, len(body))
	}
	envelope, err := base64.StdEncoding.DecodeString(decode[string](t, d.expect("GET", object+"/envelopes", token, "", 200, "")))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := streaming.NewCrypt4GHReader(io.MultiReader(bytes.NewReader(envelope), strings.NewReader(body)), d.private, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, plain); err != nil || n != size {
		t.Errorf("%d bytes decrypted, %v", n, err)
	}
	if err := d.p.Remove(t.Context(), "GHGAF1"); err != nil {
		t.Error(err)
	}
	if status, _ := fetch("GET", got.AccessMethods[0].AccessURL.URL, ""); status != 404 {
		t.Errorf("download after the end: %d", status)
	}
}
