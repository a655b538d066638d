package s3

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/minio/minio-go/v7"
)

func TestSignatures(t *testing.T) {
	f := start(t, Config{})
	id := f.create("k")
	good := presign(t, f.core, "k", id, 1, time.Hour)
	host := f.url.Host
	for name, tt := range map[string]struct {
		url    string
		status int
		code   string
	}{
		"good":            {good, 200, ""},
		"good again":      {good, 200, ""},
		"other part":      {strings.Replace(good, "partNumber=1", "partNumber=2", 1), 403, "SignatureDoesNotMatch"},
		"other key":       {strings.Replace(good, "/k?", "/l?", 1), 403, "SignatureDoesNotMatch"},
		"longer life":     {strings.Replace(good, "Expires=3600", "Expires=7200", 1), 403, "SignatureDoesNotMatch"},
		"unsigned":        {f.url.String() + "/" + testBucket + "/k?partNumber=1&uploadId=" + id, 403, "AccessDenied"},
		"other secret":    {presign(t, newCore(t, host, testKey, "wrong-secret", "us-east-1"), "k", id, 1, time.Hour), 403, "SignatureDoesNotMatch"},
		"other key id":    {presign(t, newCore(t, host, "nobody", testSecret, "us-east-1"), "k", id, 1, time.Hour), 403, "InvalidAccessKeyId"},
		"other region":    {presign(t, newCore(t, host, testKey, testSecret, "eu-central-1"), "k", id, 1, time.Hour), 400, "AuthorizationHeaderMalformed"},
		"a header amiss":  {good + "&X-Amz-Date=20000101T000000Z", 403, "SignatureDoesNotMatch"},
		"empty signature": {good[:strings.Index(good, "X-Amz-Signature=")] + "X-Amz-Signature=", 403, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			status, code, _ := put(t, tt.url, body(10, 1))
			if status != tt.status || code != tt.code {
				t.Errorf("got %d %q, want %d %q", status, code, tt.status, tt.code)
			}
		})
	}
	_, err := newCore(t, host, testKey, "wrong-secret", "us-east-1").StatObject(t.Context(), testBucket, "k", minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).StatusCode != http.StatusForbidden {
		t.Errorf("HEAD with a wrong secret: %v", err)
	}
}

func TestPresignedURLExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, err := New(Config{AccessKey: testKey, SecretKey: testSecret, Buckets: []string{testBucket}})
		if err != nil {
			t.Fatal(err)
		}
		u := presign(t, newCore(t, "s3.test", testKey, testSecret, "us-east-1"), "k", "none", 1, 10*time.Second)
		serve := func() (int, string) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPut, u, strings.NewReader("x"))
			r.Header.Set("Content-Length", "1") // as net/http's server leaves it
			srv.ServeHTTP(w, r)
			return w.Code, w.Body.String()
		}
		if _, got := serve(); !strings.Contains(got, "NoSuchUpload") {
			t.Errorf("before its end: %s", got)
		}
		time.Sleep(11 * time.Second)
		if status, got := serve(); status != 403 || !strings.Contains(got, "<Code>AccessDenied<") || !strings.Contains(got, "expired") || strings.Contains(got, "X-Amz-") {
			t.Errorf("after its end: %d %s", status, got)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no keys":   {},
		"short key": {AccessKey: "a", SecretKey: "b"},
		"bucket":    {AccessKey: testKey, SecretKey: testSecret, Buckets: []string{"NO"}},
		"folder":    {AccessKey: testKey, SecretKey: testSecret, Dir: "server.go"},
	} {
		if _, err := New(cfg); err == nil || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
