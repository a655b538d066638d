package s3

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/minio/minio-go/v7"
)

// modes runs a test with digests only and with bytes kept.
func modes(t *testing.T, run func(t *testing.T, cfg Config, kept bool)) {
	t.Run("digests", func(t *testing.T) { run(t, Config{MinPartSize: 1000}, false) })
	t.Run("bytes", func(t *testing.T) { run(t, Config{MinPartSize: 1000, Dir: t.TempDir()}, true) })
}

func TestMultipartUpload(t *testing.T) {
	modes(t, func(t *testing.T, cfg Config, kept bool) {
		f := start(t, cfg)
		const key = "a folder/ö+object"
		id := f.create(key)
		bodies := [][]byte{body(1500, 1), body(1500, 2), body(7, 3)}
		f.part(key, id, 2, body(1200, 9)) // overwritten below
		f.part(key, id, 9, body(10, 9))   // left out of the list
		var parts []minio.CompletePart
		for i, b := range bodies {
			parts = append(parts, f.part(key, id, i+1, b))
		}
		etag, err := f.complete(key, id, parts...)
		if err != nil {
			t.Fatal(err)
		}
		want := wantETag(bodies...)
		if etag != want {
			t.Errorf("ETag %s, want %s", etag, want)
		}
		if again, err := f.complete(key, id, parts...); err != nil || again != want {
			t.Errorf("complete again: %s, %v", again, err)
		}
		_, err = f.complete(key, id, parts[:2]...)
		wantCode(t, err, "NoSuchUpload")

		info, ok := f.srv.Stat(testBucket, key)
		if !ok || info.Size != 3007 || info.ETag != want || len(info.Parts) != 3 || info.Parts[2].Size != 7 || info.Parts[2].Number != 3 {
			t.Errorf("Stat: %+v, %v", info, ok)
		}
		head, err := f.core.StatObject(t.Context(), testBucket, key, minio.StatObjectOptions{})
		if err != nil || head.ETag != want || head.Size != 3007 {
			t.Errorf("HEAD: %+v, %v", head, err)
		}
		wantFiles(t, f, kept, 3)
		f.get(key, bytes.Join(bodies, nil), kept)

		if err := f.core.RemoveObject(t.Context(), testBucket, key, minio.RemoveObjectOptions{}); err != nil {
			t.Error(err)
		}
		wantFiles(t, f, kept, 0)
		if _, ok := f.srv.Stat(testBucket, key); ok {
			t.Error("still there after delete")
		}
	})
}

// get reads whole and in ranges.
func (f *fixture) get(key string, want []byte, kept bool) {
	f.t.Helper()
	n := len(want)
	for _, r := range [][2]int{{0, n - 1}, {0, 0}, {1499, 1500}, {1400, 3001}, {n - 1, n - 1}} {
		var opts minio.GetObjectOptions
		if err := opts.SetRange(int64(r[0]), int64(r[1])); err != nil {
			f.t.Fatal(err)
		}
		rc, _, _, err := f.core.GetObject(f.t.Context(), testBucket, key, opts)
		if !kept {
			wantCode(f.t, err, "NotImplemented")
			continue
		}
		if err != nil {
			f.t.Error(err)
			continue
		}
		got, err := io.ReadAll(rc)
		rc.Close()
		if err != nil || !bytes.Equal(got, want[r[0]:r[1]+1]) {
			f.t.Errorf("range %v: %d bytes, %v", r, len(got), err)
		}
	}
}

func wantFiles(t *testing.T, f *fixture, kept bool, n int) {
	t.Helper()
	if !kept {
		return
	}
	list, err := filepath.Glob(filepath.Join(f.srv.files.dir, "*"))
	if err != nil || len(list) != n {
		t.Errorf("%d files kept, want %d (%v)", len(list), n, err)
	}
}

func TestCompleteRefuses(t *testing.T) {
	f := start(t, Config{}) // S3's own least size
	id := f.create("k")
	small, last := f.part("k", id, 1, body(100, 1)), f.part("k", id, 2, body(100, 2))
	wrong := minio.CompletePart{PartNumber: 2, ETag: small.ETag}
	none := minio.CompletePart{PartNumber: 3, ETag: small.ETag}
	for name, tt := range map[string]struct {
		parts []minio.CompletePart
		code  string
	}{
		"small part":   {[]minio.CompletePart{small, last}, "EntityTooSmall"},
		"other ETag":   {[]minio.CompletePart{wrong}, "InvalidPart"},
		"missing part": {[]minio.CompletePart{none}, "InvalidPart"},
		"order":        {[]minio.CompletePart{last, small}, "InvalidPartOrder"},
		"a part twice": {[]minio.CompletePart{last, last}, "InvalidPartOrder"},
		"empty list":   {nil, "MalformedXML"},
	} {
		_, err := f.complete("k", id, tt.parts...)
		wantCode(t, err, tt.code)
		if minio.ToErrorResponse(err).StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The upload has survived all refusals.
	if _, err := f.complete("k", id, last); err != nil {
		t.Error(err)
	}
	_, err := f.complete("k", "unknown", last)
	wantCode(t, err, "NoSuchUpload")
}

func TestAbort(t *testing.T) {
	modes(t, func(t *testing.T, cfg Config, kept bool) {
		f := start(t, cfg)
		id := f.create("k")
		p := f.part("k", id, 1, body(2000, 1))
		wantFiles(t, f, kept, 1)
		if err := f.core.AbortMultipartUpload(t.Context(), testBucket, "k", id); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, f, kept, 0)
		_, err := f.complete("k", id, p)
		wantCode(t, err, "NoSuchUpload")
		status, code, _ := put(t, presign(t, f.core, "k", id, 1, 3600e9), body(10, 1))
		if status != http.StatusNotFound || code != "NoSuchUpload" {
			t.Errorf("part after abort: %d %s", status, code)
		}
	})
}

func TestPutObject(t *testing.T) {
	modes(t, func(t *testing.T, cfg Config, kept bool) {
		f := start(t, cfg)
		for i, n := range []int{0, 1, 100_000, 100} { // the last overwrites
			b := body(n, byte(i))
			opts := minio.PutObjectOptions{ContentType: "text/x-test", UserMetadata: map[string]string{"colour": "red"}}
			info, err := f.core.Client.PutObject(t.Context(), testBucket, "k", bytes.NewReader(b), int64(n), opts)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := f.srv.Stat(testBucket, "k")
			if !ok || got.Size != int64(n) || got.ETag != info.ETag || len(got.ETag) != 32 {
				t.Errorf("Stat: %+v %v, put said %s", got, ok, info.ETag)
			}
			head, err := f.core.StatObject(t.Context(), testBucket, "k", minio.StatObjectOptions{})
			if err != nil || head.ContentType != "text/x-test" || head.UserMetadata["Colour"] != "red" || head.Metadata.Get("Content-Encoding") != "" {
				t.Errorf("HEAD: %+v, %v", head, err)
			}
			wantFiles(t, f, kept, 1)
		}
	})
}

func TestCloseRemovesItsFolder(t *testing.T) {
	dir := t.TempDir()
	keep := filepath.Join(dir, "mine")
	if err := os.WriteFile(keep, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("serve", func(t *testing.T) {
		f := start(t, Config{Dir: dir})
		f.part("k", f.create("k"), 1, body(10, 1))
	})
	list, err := os.ReadDir(dir)
	if err != nil || fmt.Sprint(list) != "[- mine]" {
		t.Errorf("left behind: %v, %v", list, err)
	}
}
