package connector

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "300": 5 * time.Minute, "0": time.Second, // asking again at once would be rude
		"": -1, "soon": -1, "-1": -1, "1.5": -1, "5, 5": -1, "99999999999999999999": -1, "100000": -1, "Wed, 21 Oct 2026 07:28:00 GMT": -1,
	} {
		h := http.Header{}
		if text != "" {
			h.Set("Retry-After", text)
		}
		got, err := retryAfter(h)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestMaxAge(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"max-age=30, private": 30 * time.Second, "private,MAX-AGE=10": 10 * time.Second, `max-age="7"`: 7 * time.Second,
		"": 0, "no-store": 0, "max-age": 0, "max-age=-5": 0, "s-maxage=9": 0, "max-age=99999999999999": 0,
	} {
		if got := maxAge(http.Header{"Cache-Control": {text}}); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := maxAge(http.Header{"Cache-Control": {"private", "max-age=4"}}); got != 4*time.Second {
		t.Errorf("two headers: %v", got)
	}
}

// What is not the range that was asked for is not written anywhere.
func TestSuits(t *testing.T) {
	const first, last, size = 100, 199, 1000
	good := func() *http.Response {
		return plainAnswer(http.StatusPartialContent, strings.Repeat("x", 100), "Content-Range", "bytes 100-199/1000")
	}
	whole := plainAnswer(http.StatusOK, strings.Repeat("x", 1000))
	for name, c := range map[string]struct {
		resp              *http.Response
		first, last, size int64
		ok                bool
	}{
		"the range":                 {good(), first, last, size, true},
		"an unknown total":          {plainAnswer(206, "x", "Content-Range", "bytes 0-0/*"), 0, 0, 1, true},
		"the whole, asked for":      {whole, 0, 999, 1000, true},
		"the whole, not asked for":  {whole, first, last, size, false},
		"200 with as many bytes":    {plainAnswer(http.StatusOK, strings.Repeat("x", 100)), first, last, size, false},
		"another range":             {plainAnswer(206, strings.Repeat("x", 100), "Content-Range", "bytes 0-99/1000"), first, last, size, false},
		"another total":             {plainAnswer(206, strings.Repeat("x", 100), "Content-Range", "bytes 100-199/1001"), first, last, size, false},
		"a shorter range":           {plainAnswer(206, "x", "Content-Range", "bytes 100-100/1000"), first, last, size, false},
		"a length that differs":     {plainAnswer(206, strings.Repeat("x", 99), "Content-Range", "bytes 100-199/1000"), first, last, size, false},
		"no Content-Range":          {plainAnswer(206, strings.Repeat("x", 100)), first, last, size, false},
		"many ranges":               {plainAnswer(206, strings.Repeat("x", 100), "Content-Type", "multipart/byteranges"), first, last, size, false},
		"gzip":                      {plainAnswer(206, strings.Repeat("x", 100), "Content-Range", "bytes 100-199/1000", "Content-Encoding", "gzip"), first, last, size, false},
		"the whole, of another one": {plainAnswer(http.StatusOK, strings.Repeat("x", 999)), 0, 999, 1000, false},
	} {
		if err := suits(c.resp, c.first, c.last, c.size); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 0-0/1", "bytes 5-9/*", "bytes */10", "bytes 9-5/10", "bytes 0-9/5", "bytes +1-2/3", "", "bytes 1-2", "bits 0-1/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		first, last, total, err := contentRange(s)
		if err != nil {
			return
		}
		if first < 0 || last < first || total != -1 && total <= last {
			t.Errorf("%q: %d-%d/%d", s, first, last, total)
		}
		// What is taken is written in the one way there is, but for zeros in front.
		spec, of, _ := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
		from, to, _ := strings.Cut(spec, "-")
		for text, n := range map[string]int64{from: first, to: last} {
			if strings.TrimLeft(text, "0") != strings.TrimLeft(strconv.FormatInt(n, 10), "0") {
				t.Errorf("%q: %q is %d", s, text, n)
			}
		}
		_ = of
	})
}

// A checksum that is none is nobody's: it would be shown as the file's, and no file would have it.
func TestDownloadChecksum(t *testing.T) {
	good := strings.Repeat("Ab", 32)
	for given, want := range map[string]string{good: strings.ToLower(good), "": "", "5ee\x1b[31m": "", good + "0": "", good[:62]: "", strings.Repeat("zz", 32): ""} {
		stack := tripper(func(r *http.Request) (*http.Response, error) {
			text, _ := json.Marshal(map[string]any{
				"access_methods": []any{map[string]any{"type": "s3", "access_url": map[string]string{"url": "http://s3.test/a"}}},
				"checksums":      []any{map[string]string{"type": "sha-256", "checksum": given}}, "size": 1,
			})
			return plainAnswer(http.StatusOK, string(text)), nil
		})
		o, _, err := NewHandler(stack, Access{}).object(t.Context(), "http://dcs.test", "GHGAF1", "")
		if err != nil || o.SHA256 != want {
			t.Errorf("%q is taken for %q; %v", given, o.SHA256, err)
		}
	}
}
