package faults_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver/faults"
)

var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	w.Header().Set("ETag", `"0123456789abcdef"`)
	_, _ = io.WriteString(w, strings.Repeat("a", 1000))
})

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		config faults.Truncate
		want   int
	}{{faults.Truncate{}, 500}, {faults.Truncate{Share: 0.1}, 100}, {faults.Truncate{Bytes: 7}, 7}} {
		s := serve(t, &tt.config, page)
		_, body, err := s.do("GET", "/bucket/key", 0)
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != tt.want {
			t.Errorf("%+v: %d bytes and %v, want %d and an unexpected EOF", tt.config, len(body), err, tt.want)
		}
		s.acted("truncate")
	}
	chunked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 10 {
			_, _ = io.WriteString(w, strings.Repeat("a", 100))
			_ = http.NewResponseController(w).Flush()
		}
	})
	if _, body, err := serve(t, &faults.Truncate{Bytes: 250}, chunked).do("GET", "/b/k", 0); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 250 {
		t.Errorf("chunked: %d bytes, %v", len(body), err)
	}
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "0") })
	s := serve(t, &faults.Truncate{}, empty)
	if _, _, err := s.put(10); err != nil {
		t.Errorf("an answer without a body: %v", err)
	}
	s.acted("")
}

func TestWrongLength(t *testing.T) {
	s := serve(t, &faults.WrongLength{Delta: 5}, page)
	if resp, body, err := s.do("GET", "/b/k", 0); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 1000 || resp.ContentLength != 1005 {
		t.Errorf("too long: %d bytes, %v", len(body), err)
	}
	s.acted("wrong_length")
	s = serve(t, &faults.WrongLength{Delta: -400}, page)
	if _, body, err := s.do("GET", "/b/k", 0); err != nil || len(body) != 600 {
		t.Errorf("too short: %d bytes, %v", len(body), err)
	}
}

func TestNoProperAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		config faults.Config
		want   string // in the error
	}{
		"malformed_chunk": {&faults.MalformedChunk{}, "invalid byte in chunk length"},
		"garbage":         {&faults.Garbage{Bytes: 4000}, "malformed HTTP"},
		"empty_reply":     {&faults.EmptyReply{}, "EOF"},
	} {
		for _, size := range []int{0, 1 << 20} {
			s := serve(t, tt.config, nil)
			_, _, err := s.put(size)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s with %d bytes: %v, want %q", name, size, err, tt.want)
			}
			s.acted(name)
			if row := s.faults.Ledger()[0]; row.Committed || row.BytesIn != int64(size) {
				t.Errorf("%s: %+v", name, row)
			}
		}
	}
	s := serve(t, &faults.EmptyReply{Commits: faults.Commits{Commit: true}}, nil)
	if _, _, err := s.put(1000); !errors.Is(err, io.EOF) {
		t.Errorf("empty reply after the commit: %v", err)
	}
	if row := s.faults.Ledger()[0]; !row.Committed || row.Status != 0 {
		t.Errorf("empty reply after the commit: %+v", row)
	}
}

func TestCorrupt(t *testing.T) {
	var got []byte
	sink := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got, _ = io.ReadAll(r.Body) })
	changed := func(b []byte, was byte) (n int) {
		for _, c := range b {
			if c != was {
				n++
			}
		}
		return n
	}
	s := serve(t, &faults.Corrupt{Bytes: 3}, sink)
	if _, _, err := s.put(100_000); err != nil || len(got) != 100_000 || changed(got, 'x') != 3 {
		t.Errorf("upload: %d bytes, %d of them changed, %v", len(got), changed(got, 'x'), err)
	}
	s.acted("corrupt")
	s = serve(t, &faults.Corrupt{Bytes: 2, Direction: "download"}, page)
	if _, body, err := s.do("GET", "/b/k", 0); err != nil || len(body) != 1000 || changed([]byte(body), 'a') != 2 {
		t.Errorf("download: %d bytes, %d of them changed, %v", len(body), changed([]byte(body), 'a'), err)
	}
	s.acted("corrupt")
}

func TestHeaders(t *testing.T) {
	resp, _, err := serve(t, &faults.ETag{}, page).do("GET", "/b/k", 0)
	if err != nil || resp.Header.Get("ETag") != `"123456789abcdef0"` {
		t.Errorf("wrong ETag: %v, %q", err, resp.Header.Get("ETag"))
	}
	resp, _, err = serve(t, &faults.ETag{Is: "missing"}, page).do("GET", "/b/k", 0)
	if _, there := resp.Header["Etag"]; err != nil || there {
		t.Errorf("missing ETag: %v, %v", err, resp.Header)
	}
	s := serve(t, &faults.DuplicateHeader{Name: "ETag", Value: `"other"`}, page)
	resp, _, err = s.do("GET", "/b/k", 0)
	if v := resp.Header.Values("ETag"); err != nil || len(v) != 2 || v[1] != `"other"` {
		t.Errorf("duplicate header: %v, %v", err, v)
	}
	s.acted("duplicate_header")
	// Go's client takes 10 MiB of header.
	if _, _, err := serve(t, &faults.HugeHeaders{Size: 1 << 20}, page).do("GET", "/b/k", 0); err != nil {
		t.Errorf("1 MiB of headers: %v", err)
	}
	s = serve(t, &faults.HugeHeaders{Size: 11 << 20}, page)
	if _, _, err := s.do("GET", "/b/k", 0); err == nil || !strings.Contains(err.Error(), "exceeded") {
		t.Errorf("11 MiB of headers: %v", err)
	}
	s.acted("huge_headers")
	s = serve(t, &faults.GzipLie{}, page)
	s.client.Transport.(*http.Transport).DisableCompression = false
	if _, _, err := s.do("GET", "/b/k", 0); !errors.Is(err, gzip.ErrHeader) {
		t.Errorf("gzip: %v, want an invalid header", err)
	}
	s.acted("gzip_lie")
}

// A backend that answers without a word has a header too.
func TestHeaderOfASilentBackend(t *testing.T) {
	s := serve(t, &faults.DuplicateHeader{Name: "X-A", Value: "1"}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if resp, _, err := s.put(0); err != nil || resp.Header.Get("X-A") != "1" {
		t.Errorf("%v, %v", resp, err)
	}
}
