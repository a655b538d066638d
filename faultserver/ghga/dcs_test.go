package ghga

import (
	"bytes"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stored puts a file in and makes a package for it; it returns the path of the object and a token.
func (d *deployment) stored(size int64) (path, token string) {
	d.t.Helper()
	if err := d.p.Store(d.t.Context(), "GHGAF1", ".bam", io.LimitReader(zeros{}, size), size); err != nil {
		d.t.Fatal(err)
	}
	wp, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
	if err != nil {
		d.t.Fatal(err)
	}
	order := d.expect("POST", "/wps/work-packages/"+wp.ID+"/files/GHGAF1/work-order-tokens", wp.Token, "", 201, "")
	return "/dcs/objects/GHGAF1", d.open(decode[string](d.t, order))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestStaging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(c *PlatformConfig) { c.Staging, c.IgnoreExpiry = time.Minute, true })
		object, token := d.stored(10)
		time.Sleep(time.Hour) // staging begins when it is asked for
		for range 4 {
			resp := d.ask("GET", object, token, "")
			if resp.StatusCode != 202 || resp.Header.Get("Retry-After") != "5" || resp.Header.Get("Cache-Control") != "no-store" || bodyOf(t, resp) != "null" {
				t.Errorf("while staging: %d %v", resp.StatusCode, resp.Header)
			}
			d.expect("GET", object+"/envelopes", token, "", 200, "")
			time.Sleep(15 * time.Second)
		}
		resp := d.ask("GET", object, token, "")
		if resp.StatusCode != 200 || resp.Header.Get("Retry-After") != "" || resp.Header.Get("Cache-Control") != "max-age=30, private" {
			t.Errorf("staged: %d %v", resp.StatusCode, resp.Header)
		}
	})
}

func TestStagingHint(t *testing.T) {
	for _, tt := range []struct {
		size int64
		cfg  PlatformConfig
		want int64
	}{
		{1, PlatformConfig{}, 5},
		{550e6, PlatformConfig{}, 6}, // 5.5 to the even one
		{650e6, PlatformConfig{}, 6},
		{700e6, PlatformConfig{}, 7},
		{1e15, PlatformConfig{}, 300},
		{1e9, PlatformConfig{StagingSpeed: 1e6, RetryAfterMax: 1000 * time.Second}, 1000},
		{1, PlatformConfig{RetryAfterMin: time.Second}, 1},
		{1, PlatformConfig{RetryAfterMin: 100 * time.Millisecond}, 1},
	} {
		if err := tt.cfg.complete(); err != nil {
			t.Fatal(err)
		}
		if got := tt.cfg.hint(tt.size); got != tt.want {
			t.Errorf("%d bytes: %d s, want %d", tt.size, got, tt.want)
		}
	}
}

// TestURLLives: presigned URLs run out at S3, each kind after its own time.
func TestURLLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(c *PlatformConfig) { c.URLLifetime, c.DownloadURLLifetime = 20*time.Second, 10*time.Second })
		object, token := d.stored(10)
		resp := d.ask("GET", object, token, "")
		if got := resp.Header.Get("Cache-Control"); got != "max-age=10, private" {
			t.Errorf("Cache-Control %q", got)
		}
		url := decode[drsObject](t, bodyOf(t, resp)).AccessMethods[0].AccessURL.URL
		wp := d.upload()
		file, id := d.begin(wp, "a", 5)
		part := decode[string](t, d.expect("GET", file+"/parts/1", d.order(wp, forFile("upload", id)), "", 200, ""))
		status := func(method, url, body string) int {
			req, err := http.NewRequest(method, url, strings.NewReader(body))
			if err != nil {
				t.Fatal("no URL")
			}
			return serve(d.s3, req).StatusCode
		}
		for _, tt := range []struct {
			wait      time.Duration
			get, part int
		}{{9 * time.Second, 200, 200}, {2 * time.Second, 403, 200}, {8 * time.Second, 403, 200}, {2 * time.Second, 403, 403}} {
			time.Sleep(tt.wait)
			if got := status("GET", url, ""); got != tt.get {
				t.Errorf("download after %v: %d, want %d", tt.wait, got, tt.get)
			}
			if got := status("PUT", part, "12345"); got != tt.part {
				t.Errorf("part after %v: %d, want %d", tt.wait, got, tt.part)
			}
		}
	})
}

func TestStore(t *testing.T) {
	d := deploy(t, nil)
	const size = storePartSize + 1<<20 // it goes in several parts
	object, token := d.stored(size)
	got := decode[drsObject](t, d.expect("GET", object, token, "", 200, ""))
	if got.Size != bodySize(size) {
		t.Errorf("size %d", got.Size)
	}
	req, err := http.NewRequest("HEAD", got.AccessMethods[0].AccessURL.URL, nil)
	if err != nil {
		t.Fatal("no URL")
	}
	if info, ok := d.s3.Stat(bucket, path.Base(req.URL.Path)); !ok || info.Size != bodySize(size) {
		t.Errorf("in S3: %d bytes, %v", info.Size, ok)
	}
	for name, err := range map[string]error{
		"short content": d.p.Store(t.Context(), "GHGAF2", "", strings.NewReader("short"), 6),
		"no digits":     d.p.Store(t.Context(), "GHGAFx", "", strings.NewReader("x"), 1),
		"only prefix":   d.p.Store(t.Context(), "GHGAF", "", strings.NewReader("x"), 1),
		"no dot":        d.p.Store(t.Context(), "GHGAF2", "bam", strings.NewReader("x"), 1),
		"negative":      d.p.Store(t.Context(), "GHGAF2", "", bytes.NewReader(nil), -1),
		"not there":     d.p.Remove(t.Context(), "GHGAF2"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	d.s3Down.Store(true)
	if d.p.Store(t.Context(), "GHGAF2", "", strings.NewReader("x"), 1) == nil || d.p.Remove(t.Context(), "GHGAF1") == nil {
		t.Error("S3 is down, and nobody says so")
	}
}
