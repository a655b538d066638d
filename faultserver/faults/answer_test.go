package faults_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

func hinted(ra faults.RetryAfter) *faults.Status {
	return &faults.Status{Code: 503, Answer: faults.Answer{RetryAfter: ra}}
}

func seconds(s float64) units.Duration { return units.Duration(s * float64(time.Second)) }

// inside serves requests without a network, in a bubble whose clock starts at midnight of 2000-01-01, UTC.
func inside(t *testing.T, rules []faultserver.Rule) (*faultserver.Server, func(header ...string) *http.Response) {
	fs, err := faultserver.New(faultserver.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	h := fs.Handler(http.HandlerFunc(store), ops.S3)
	return fs, func(header ...string) *http.Response {
		r := httptest.NewRequest("PUT", "/bucket/key?partNumber=1&uploadId=u", strings.NewReader("x"))
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
}

func one(c faults.Config) []faultserver.Rule {
	return []faultserver.Rule{{Name: "fault", Do: faults.Of(c)}}
}

func TestRetryAfterForms(t *testing.T) {
	told := func(s float64) *float64 { return &s }
	for _, tt := range []struct {
		ra   faults.RetryAfter
		want string // of the header
		told *float64
	}{
		{faults.RetryAfter{Value: seconds(2)}, "2", told(2)},
		{faults.RetryAfter{Value: seconds(1.2)}, "2", told(2)},
		{faults.RetryAfter{Form: "float", Value: seconds(1.5)}, "1.500", told(1.5)},
		{faults.RetryAfter{Form: "milliseconds", Value: seconds(1.5)}, "1500", told(1500)},
		{faults.RetryAfter{Form: "http_date", Value: seconds(2)}, "Sat, 01 Jan 2000 00:00:02 GMT", told(2)},
		{faults.RetryAfter{Form: "rfc850", Value: seconds(2)}, "Saturday, 01-Jan-00 00:00:02 GMT", told(2)},
		{faults.RetryAfter{Form: "asctime", Value: seconds(2)}, "Sat Jan  1 00:00:02 2000", told(2)},
		{faults.RetryAfter{Form: "http_date", Value: seconds(2), Skew: seconds(3600)}, "Sat, 01 Jan 2000 01:00:02 GMT", told(2)},
		{faults.RetryAfter{Form: "raw", Text: "soon"}, "soon", nil},
		{faults.RetryAfter{Form: "raw"}, "", nil},
		{faults.RetryAfter{Form: "raw", Text: "-1"}, "-1", nil},
		{faults.RetryAfter{Form: "raw", Text: "0"}, "0", told(0)},
		{faults.RetryAfter{Form: "raw", Text: "99999999999999999999"}, "99999999999999999999", nil},
		{faults.RetryAfter{Form: "raw", Text: "Wed, 21 Oct 2015 07:28:00 GMT"}, "Wed, 21 Oct 2015 07:28:00 GMT", nil},
		{faults.RetryAfter{Value: seconds(10), Lie: 0.2}, "2", told(2)},
		{faults.RetryAfter{Form: "none", Value: seconds(1)}, "absent", nil},
		{faults.RetryAfter{}, "absent", nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			fs, put := inside(t, one(hinted(tt.ra)))
			h := put().Header
			got := "absent"
			if v, ok := h["Retry-After"]; ok {
				got = v[0]
			}
			row := fs.Ledger()[0]
			if got != tt.want {
				t.Errorf("%+v: Retry-After %q, want %q", tt.ra, got, tt.want)
			}
			if (row.RetryAfterS == nil) != (tt.told == nil) || tt.told != nil && *row.RetryAfterS != *tt.told {
				t.Errorf("%+v: the ledger's hint is %v", tt.ra, row.RetryAfterS)
			}
			if tt.ra.Skew > 0 && h.Get("Date") != "Sat, 01 Jan 2000 01:00:00 GMT" {
				t.Errorf("%+v: Date %q", tt.ra, h.Get("Date"))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, put := inside(t, one(hinted(faults.RetryAfter{Value: seconds(1), Duplicate: "60"})))
		if got := put().Header["Retry-After"]; fmt.Sprint(got) != "[1 60]" {
			t.Errorf("two headers: %v", got)
		}
		_, put = inside(t, one(hinted(faults.RetryAfter{Form: "ms_header", Value: seconds(0.25)})))
		if h := put().Header; h.Get("Retry-After-Ms") != "250" || h.Get("X-Ms-Retry-After-Ms") != "250" || h.Get("Retry-After") != "" {
			t.Errorf("ms_header: %v", h)
		}
		_, put = inside(t, one(hinted(faults.RetryAfter{Form: "ms_header", Value: seconds(1), Jitter: seconds(1)})))
		if ms := put().Header.Get("Retry-After-Ms"); len(ms) != 4 || ms == "1000" {
			t.Errorf("with jitter: %s", ms)
		}
	})
}

// Whatever a scenario says, a client gets a header that it can read as one.
func FuzzRetryAfter(f *testing.F) {
	f.Add("raw", "soon", "60", int64(1e9), int64(0), 0.5)
	f.Add("http_date", "", "", int64(1<<62), int64(1<<62), 1e6)
	f.Fuzz(func(t *testing.T, form, text, duplicate string, value, skew int64, lie float64) {
		c := hinted(faults.RetryAfter{
			Form: form, Text: text, Duplicate: duplicate, Value: units.Duration(value), Skew: units.Duration(skew), Lie: lie,
		})
		if value < 0 || skew < 0 {
			return // durations of a scenario are not negative
		}
		fs, err := faultserver.New(faultserver.Options{Rules: one(c)})
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		fs.Handler(http.HandlerFunc(store), ops.S3).ServeHTTP(w, httptest.NewRequest("PUT", "/b/k", nil))
		if w.Code != 503 {
			t.Errorf("status %d", w.Code)
		}
		if s := fs.Ledger()[0].RetryAfterS; s != nil && *s < 0 {
			t.Errorf("a negative hint is in the ledger: %v", *s)
		}
	})
}

func TestBodies(t *testing.T) {
	for form, want := range map[string]string{
		"":     `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Error><Code>NoSuchUpload</Code>",
		"json": `{"data":{},"description":"There is no such multipart upload; it may have been aborted or completed.","exception_id":"noSuchUpload"}`,
		"html": "<html>\r\n<head><title>404 Not Found</title>", "plain": "404 Not Found\n", "empty": "",
	} {
		s := serve(t, &faults.Status{Code: 404, Answer: faults.Answer{Body: form, S3Code: "NoSuchUpload"}}, nil)
		resp, body, err := s.put(10)
		if err != nil || resp.StatusCode != 404 || !strings.HasPrefix(body, want) || form == "empty" && body != "" {
			t.Errorf("%s: %v, %v\n%s", form, resp, err, body)
		}
	}
}

func TestAfterTheBody(t *testing.T) {
	s := serve(t, &faults.Status{Code: 503, Answer: faults.Answer{Send: "after_body", Close: true}}, nil)
	resp, _, err := s.put(1 << 20)
	if err != nil || resp.StatusCode != 503 || !resp.Close {
		t.Errorf("%v, %v", resp, err)
	}
	if row := s.faults.Ledger()[0]; row.BytesIn != 1<<20 {
		t.Errorf("%d bytes were read", row.BytesIn)
	}
}

func TestPenalty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := one(&faults.Penalty{Wait: seconds(2), Multiplier: 2, BanAfter: 3, BanFor: seconds(100)})
		rules[0].When.First = 5
		fs, put := inside(t, rules)
		step := func(wait float64, status int, hint string) {
			t.Helper()
			time.Sleep(seconds(wait).D())
			resp := put()
			if got := resp.Header.Get("Retry-After"); resp.StatusCode != status || got != hint {
				t.Errorf("after %v s: %d, Retry-After %q; want %d, %q", wait, resp.StatusCode, got, status, hint)
			}
		}
		step(0, 429, "2")
		step(1, 429, "4") // early
		step(3, 429, "8") // early again
		step(8, 429, "2") // obeyed: forgotten, and the dice say the same again
		step(1, 429, "4")
		step(5, 200, "") // the schedule has ended
		if row := fs.Ledger()[1]; row.Hint != "fault/client 192.0.2.1" || *row.RetryAfterS != 4 {
			t.Errorf("ledger: %+v", row)
		}
		_, put = inside(t, one(&faults.Penalty{Wait: seconds(2), BanAfter: 2, BanFor: seconds(100)}))
		step(0, 429, "2")
		step(1, 429, "4")
		step(1, 403, "")
		step(99, 403, "")
		step(100, 429, "2")
	})
}

func TestCompleteError(t *testing.T) {
	s := serve(t, &faults.CompleteError{For: seconds(0.02), Every: seconds(0.01)}, nil)
	resp, body, err := s.do("POST", "/bucket/key?uploadId=u", 100)
	var e struct{ Code string }
	if err != nil || resp.StatusCode != 200 || xml.Unmarshal([]byte(body), &e) != nil || e.Code != "InternalError" || !strings.Contains(body, "\n  <") {
		t.Errorf("%v, %v, %q", resp, err, body)
	}
	if s.faults.Ledger()[0].Committed {
		t.Error("the ledger says that the work was done")
	}
}

func TestRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "other ", r.URL) }))
	defer other.Close()
	s := serve(t, &faults.Redirect{To: other.URL}, nil)
	if resp, body, err := s.do("GET", "/bucket/key?a=%2F", 0); err != nil || resp.StatusCode != 200 || body != "other /bucket/key?a=%2F" {
		t.Errorf("%v, %v, %s", resp, err, body)
	}
	s.acted("redirect")
}

func TestRateLimitHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, put := inside(t, one(&faults.RateLimitHeaders{Limit: 2, Window: seconds(60), Form: []string{"draft", "legacy"}}))
		time.Sleep(10 * time.Second)
		put()
		h := put().Header
		for name, want := range map[string]string{
			"RateLimit-Policy": `"default";q=2;w=60`, "RateLimit": `"default";r=0;t=50`,
			"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "50",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %q, want %q", name, h.Get(name), want)
			}
		}
		time.Sleep(50 * time.Second)
		if got := put().Header.Get("X-RateLimit-Remaining"); got != "1" {
			t.Errorf("in the next window %s are left", got)
		}
	})
}

func TestDateSkew(t *testing.T) {
	s := serve(t, &faults.DateSkew{Behind: seconds(3600)}, nil)
	resp, _, err := s.put(1)
	if err != nil {
		t.Fatal(err)
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if off := time.Since(date); err != nil || off < time.Hour || off > time.Hour+time.Minute {
		t.Errorf("Date is %v behind, %v", off, err)
	}
}

func TestWrongParameters(t *testing.T) {
	for want, c := range map[string]faults.Config{
		"retry_after.text":      hinted(faults.RetryAfter{Text: "soon", Value: seconds(1)}),
		"retry_after.duplicate": hinted(faults.RetryAfter{Duplicate: "a\nb", Value: seconds(1)}),
		"retry_after.lie":       hinted(faults.RetryAfter{Lie: -1, Value: seconds(1)}),
		"multiplier":            &faults.Penalty{Multiplier: 0.5},
		"to":                    &faults.Redirect{To: "nowhere"},
		"limit":                 &faults.RateLimitHeaders{},
		"write one of":          &faults.DateSkew{},
		"delay":                 &faults.LateCommit{},
		"name":                  &faults.DuplicateHeader{Name: "a b", Value: "x"},
		"cannot be doubled":     nil,
	} {
		if c == nil {
			c = &faults.DuplicateHeader{Name: "content-length", Value: "1"}
		}
		_, err := faultserver.New(faultserver.Options{Rules: one(c)})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"fault"`) {
			t.Errorf("%T: %v, want an error that names the rule and %s", c, err, want)
		}
	}
}
