package ghga

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/neicnordic/crypt4gh/streaming"
)

func TestPlatformUpload(t *testing.T) {
	d := deploy(t, nil)
	d.expect("GET", "/ucs/health", "", "", 200, `{"status":"OK"}`)
	wp := d.upload()
	if got := d.open(wp.Sealed); got != wp.Token || len(wp.Sealed) != 96 {
		t.Error("the sealed access token is another")
	}
	file, id := d.begin(wp, "sample.bam", 15)
	token := d.order(wp, forFile("upload", id))
	sums := [][16]byte{d.bring(file, token, 1, "ten bytes!"), d.bring(file, token, 2, "five!")}
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 1 || open[0] != id {
		t.Errorf("open uploads %v, %v", open, err)
	}
	done := d.order(wp, forFile("close", id))
	for range 2 {
		d.expect("PATCH", file, done, finish(sums...), 204, "")
	}
	if s, ok := d.p.State(id); !ok || s != (FileState{"sample.bam", "inbox", 14, 15, "aa"}) {
		t.Errorf("state %+v", s)
	}
	if open, err := d.p.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("open uploads %v, %v", open, err)
	}
	_, key, _ := d.ucs.Object(id)
	for _, name := range []string{id, key} {
		if alias, ok := d.p.OrdinalOf(name); !ok || alias != "sample.bam" {
			t.Errorf("OrdinalOf: %q %v", alias, ok)
		}
	}
	text := d.expect("GET", path.Dir(file)+"?limit=100", d.order(wp, `{"work_type":"view"}`), "", 200, "")
	if !strings.Contains(text, `"total_count":1`) {
		t.Errorf("listed %s", text)
	}
	d.expect("DELETE", file, d.order(wp, forFile("delete", id)), "", 204, "")
	if s, _ := d.p.State(id); s.State != "cancelled" {
		t.Errorf("state %+v after delete", s)
	}
}

func TestWellKnown(t *testing.T) {
	d := deploy(t, nil)
	hub, _ := d.p.HubKey()
	got := decode[map[string]any](t, d.expect("GET", "/.well-known/values", "", "", 200, ""))
	for name, want := range map[string]any{
		"dcs_api_url": "http://ghga.example/dcs", "ucs_api_url": "http://ghga.example/ucs", "wps_api_url": "http://ghga.example/wps",
		"storage_aliases":      map[string]any{"test": "http://s3.example"},
		"storage_labels":       map[string]any{"test": "Storage test"},
		"crypt4gh_public_keys": map[string]any{"test": base64.StdEncoding.EncodeToString(hub[:])},
	} {
		a, _ := json.Marshal(got[name])
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: %s, want %s", name, a, b)
		}
		c, _ := json.Marshal(map[string]any{name: want})
		d.expect("GET", "/.well-known/values/"+name, "", "", 200, string(c))
	}
	if len(got) != 6 {
		t.Errorf("%d values", len(got))
	}
	d.expect("GET", "/.well-known/values/nonsense", "", "", 404, `{"detail":"The value nonsense is not configured."}`)
	d.expect("GET", "/nowhere", "", "", 404, `{"detail":"Not Found"}`)
	d.expect("GET", "/dcs/nowhere", "", "", 404, `{"detail":"Not Found"}`)
}

func TestPlatformDownload(t *testing.T) {
	for _, size := range []int{0, 1, 65535, 65536, 65537, 200000} {
		d := deploy(t, nil)
		plain := bytes.Repeat([]byte("genome "), size/7+1)[:size]
		if err := d.p.Store(t.Context(), "GHGAF1", ".bam", bytes.NewReader(plain), int64(size)); err != nil {
			t.Fatal(err)
		}
		wp, err := d.p.NewDownloadPackage(d.public, "GHGAF1")
		if err != nil {
			t.Fatal(err)
		}
		orders := "/wps/work-packages/" + wp.ID + "/files/GHGAF1/work-order-tokens"
		token := d.open(decode[string](t, d.expect("POST", orders, wp.Token, "", 201, "")))
		resp := d.ask("GET", "/dcs/objects/GHGAF1", token, "")
		if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "max-age=30, private" {
			t.Fatalf("object: %d, %s", resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
		o := decode[drsObject](t, bodyOf(t, resp))
		if o.ID != "GHGAF1" || o.SelfURI != "drs://ghga.example/GHGAF1" || o.Size != bodySize(int64(size)) || o.Checksums[0] != (checksum{sha256Of(plain), "sha-256"}) {
			t.Errorf("object without its URL: %s %s %d %v", o.ID, o.SelfURI, o.Size, o.Checksums)
		}
		req, err := http.NewRequest("GET", o.AccessMethods[0].AccessURL.URL, nil)
		if err != nil {
			t.Fatal("the access URL is no URL")
		}
		if name, ok := d.p.OrdinalOf(path.Base(req.URL.Path)); !ok || name != "GHGAF1" {
			t.Errorf("OrdinalOf the object's key: %q", name)
		}
		body := bodyOf(t, serve(d.s3, req))
		if int64(len(body)) != o.Size {
			t.Errorf("%d bytes in S3, want %d", len(body), o.Size)
		}
		resp = d.ask("GET", "/dcs/objects/GHGAF1/envelopes", token, "")
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("envelope with Cache-Control %q", resp.Header.Get("Cache-Control"))
		}
		envelope, err := base64.StdEncoding.DecodeString(decode[string](t, bodyOf(t, resp)))
		if err != nil || len(envelope) != 124 {
			t.Fatalf("an envelope of %d bytes: %v", len(envelope), err)
		}
		r, err := streaming.NewCrypt4GHReader(strings.NewReader(string(envelope)+body), d.private, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("size %d: %d bytes decrypted, %v", size, len(got), err)
		}
	}
}
