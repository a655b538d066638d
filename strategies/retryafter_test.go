package strategies

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) // a Thursday

func TestParseRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"0", 0, true},
		{"5", 5 * s, true},
		{"007", 7 * s, true},
		{" \t120 ", 120 * s, true},
		{"9223372036", 9223372036 * s, true},
		{"9223372037", math.MaxInt64, true},
		{"9223372036854775808", math.MaxInt64, true}, // 2^63
		{"18446744073709551617", math.MaxInt64, true},
		{strings.Repeat("9", 400), math.MaxInt64, true},

		{"Thu, 01 Oct 2026 12:00:30 GMT", 30 * s, true},
		{"Thursday, 01-Oct-26 12:00:30 GMT", 30 * s, true},
		{"Thu Oct  1 12:00:30 2026", 30 * s, true},
		{"Fri Oct 30 12:00:00 2026", 29 * 24 * time.Hour, true},
		{"Mon, 01 Oct 2026 12:00:30 GMT", 30 * s, true}, // wrong weekday
		{"Thu, 01 Oct 2026 12:00:00 GMT", 0, true},
		{"Thu, 01 Oct 2026 11:00:00 GMT", 0, true}, // past
		{"Sunday, 06-Nov-94 08:49:37 GMT", 0, true},
		{"Thursday, 01-Oct-70 12:00:00 GMT", time.Date(2070, 10, 1, 12, 0, 0, 0, time.UTC).Sub(noon), true},
		{"Thursday, 01-Oct-76 12:00:00 GMT", time.Date(2076, 10, 1, 12, 0, 0, 0, time.UTC).Sub(noon), true},
		{"Thursday, 01-Oct-76 12:00:01 GMT", 0, true}, // more than 50 years ahead: 1976
		{"Fri, 31 Dec 9999 23:59:59 GMT", math.MaxInt64, true},

		{"", 0, false},
		{"  ", 0, false},
		{"-1", 0, false},
		{"+5", 0, false},
		{"1.5", 0, false},
		{"1e3", 0, false},
		{"0x10", 0, false},
		{"5s", 0, false},
		{"5, 5", 0, false},
		{"5 6", 0, false},
		{"soon", 0, false},
		{"٣", 0, false},
		{"Thu, 01 Oct 2026 12:00:30.5 GMT", 0, false},
		{"Thu, 01 Oct 2026 12:00:30 PST", 0, false},
		{"Thu, 01 Oct 2026 12:00:30 gmt", 0, false},
		{"Thu, 01 Oct 2026 12:00:30 +0000", 0, false},
		{"Thu, 31 Feb 2026 12:00:30 GMT", 0, false},
		{"Thu, 1 Oct 2026 12:00:30 GMT", 0, false},
		{"Thursday, 01-Oct-26 12:00:30 CET", 0, false},
		{"2026-10-01T12:00:30Z", 0, false},
	} {
		got, ok := ParseRetryAfter([]string{tt.value}, noon)
		if got != tt.want || ok != tt.ok {
			t.Errorf("ParseRetryAfter(%q) = %v, %v; want %v, %v", tt.value, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseRetryAfterWantsOneLine(t *testing.T) {
	for _, values := range [][]string{nil, {}, {"5", "5"}, {"", "5"}} {
		if got, ok := ParseRetryAfter(values, noon); ok {
			t.Errorf("ParseRetryAfter(%q) = %v, true; want it refused", values, got)
		}
	}
}

// Whatever date in whatever form: it is read back as the wait that it was made from.
func TestParseRetryAfterReadsEveryDate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0).UTC()
		wait := time.Duration(rapid.Int64Range(0, 49*365*24*3600).Draw(t, "wait")) * time.Second
		layout := rapid.SampledFrom([]string{imfFixdate, rfc850, asctime}).Draw(t, "layout")
		v := now.Add(wait).Format(layout)
		if got, ok := ParseRetryAfter([]string{v}, now); !ok || got != wait {
			t.Fatalf("ParseRetryAfter(%q) at %v = %v, %v; want %v", v, now, got, ok, wait)
		}
	})
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, v := range []string{"0", "120", "9223372036854775808", "-1", "1.5", "+5", "",
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"} {
		f.Add(v, int64(784111777))
	}
	f.Fuzz(func(t *testing.T, v string, unix int64) {
		now := time.Unix(unix%(1<<36), 0)
		wait, ok := ParseRetryAfter([]string{v}, now)
		if wait < 0 || !ok && wait != 0 {
			t.Fatalf("ParseRetryAfter(%q) at %v = %v, %v", v, now, wait, ok)
		}
		digits := strings.Trim(v, " \t")
		if digits != "" && strings.Trim(digits, "0123456789") == "" {
			if !ok || strings.Trim(digits, "0") != "" && wait < time.Second {
				t.Fatalf("ParseRetryAfter(%q) = %v, %v: a number of seconds became an immediate retry", v, wait, ok)
			}
		}
		if _, ok := ParseRetryAfter([]string{v, v}, now); ok {
			t.Fatalf("two lines of %q were taken", v)
		}
	})
}
