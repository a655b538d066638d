package units

import (
	"encoding"
	"math"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	size := func(s string) (any, error) { return ParseSize(s) }
	duration := func(s string) (any, error) { return ParseDuration(s) }
	rate := func(s string) (any, error) { return ParseRate(s) }
	bandwidth := func(s string) (any, error) { return ParseBandwidth(s) }
	share := func(s string) (any, error) { return ParseShare(s) }
	for _, tt := range []struct {
		parse func(string) (any, error)
		in    string
		want  any
		err   string // a part of the message
	}{
		{size, "8MiB", 8 * MiB, ""},
		{size, " 1.5 GiB ", 1536 * MiB, ""},
		{size, "10MB", Size(1e7), ""},
		{size, "512B", Size(512), ""},
		{size, "0B", Size(0), ""},
		{size, "8", nil, "has no unit: write 8B, 8KiB or 8MiB"},
		{size, "8Mb", nil, "is not a size"},
		{size, "-8MiB", nil, "is negative"},
		{size, "1e3KiB", nil, "is not a size"},
		{size, "NaNMiB", nil, "is not a size"},
		{size, "0x10B", nil, "is not a size"},
		{size, "", nil, "is not a size"},
		{size, "99999999999TiB", nil, "is too large"},
		{size, strings.Repeat("9", 400) + "B", nil, "is not a size"},
		{duration, "250ms", Duration(250 * time.Millisecond), ""},
		{duration, "1m30s", Duration(90 * time.Second), ""},
		{duration, "0s", Duration(0), ""},
		{duration, "250", nil, "has no unit: write 250ms or 250s"},
		{duration, "0", nil, "has no unit"},
		{duration, "-1s", nil, "is negative"},
		{duration, "1 day", nil, "is not a duration"},
		{duration, "999999999h", nil, "is not a duration"},
		{rate, "20/s", Rate(20), ""},
		{rate, "300/min", Rate(5), ""},
		{rate, "3600/h", Rate(1), ""},
		{rate, "20", nil, "is not a rate"},
		{rate, "20/d", nil, "unknown unit of time"},
		{rate, "-1/s", nil, "is negative"},
		{rate, "inf/s", nil, "is not a rate"},
		{bandwidth, "100MiB/s", Bandwidth(100 * MiB), ""},
		{bandwidth, "100MiB", nil, "is not a bandwidth: write a size in bytes per second"},
		{bandwidth, "100Mbit/s", nil, "is not a bandwidth"},
		{bandwidth, "-1MiB/s", nil, "is not a bandwidth"},
		{share, "5%", Share(0.05), ""},
		{share, "0.25", Share(0.25), ""},
		{share, "100%", Share(1), ""},
		{share, "101%", nil, "outside 0 to 1"},
		{share, "-0.1", nil, "outside 0 to 1"},
		{share, "half", nil, "is not a share"},
	} {
		got, err := tt.parse(tt.in)
		switch {
		case tt.err == "" && (err != nil || got != tt.want):
			t.Errorf("%q: %v, %v; want %v", tt.in, got, err, tt.want)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%q: %v, %v; want an error with %q", tt.in, got, err, tt.err)
		}
	}
}

func TestString(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Size(0).String(), "0B"},
		{(8 * MiB).String(), "8MiB"},
		{Size(1536 * KiB).String(), "1536KiB"},
		{Size(1000).String(), "1000B"},
		{Duration(90 * time.Second).String(), "1m30s"},
		{Duration(2 * time.Minute).String(), "2m"},
		{Duration(time.Hour).String(), "1h"},
		{Duration(0).String(), "0s"},
		{Rate(20).String(), "20/s"},
		{Rate(5e6).String(), "5000000/s"},
		{Bandwidth(100 * MiB).String(), "100MiB/s"},
		{Share(0.03).String(), "3%"},
		{Share(1.0 / 3).String(), "33.333333%"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// Text is exact where String rounds: it is what a resolved scenario is printed with.
func FuzzTextIsExact(f *testing.F) {
	for _, s := range []string{"8MiB", "0.1TiB", "250ms", "1h0m0.000000001s", "7/min", "0.0000001/s", "33.3%", "0.123456789012345", "100MiB/s", "1.5", "-", "%", "/s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		again := func(v, w interface {
			encoding.TextMarshaler
			encoding.TextUnmarshaler
		}, same func() bool) {
			if v.UnmarshalText([]byte(in)) != nil {
				return
			}
			text, err := v.MarshalText()
			if err != nil {
				t.Fatal(err)
			}
			if err := w.UnmarshalText(text); err != nil || !same() {
				t.Errorf("%q prints as %s, which reads as another value (%v)", in, text, err)
			}
		}
		var s1, s2 Size
		again(&s1, &s2, func() bool { return s1 == s2 && s1 >= 0 })
		var d1, d2 Duration
		again(&d1, &d2, func() bool { return d1 == d2 && d1 >= 0 })
		var r1, r2 Rate
		again(&r1, &r2, func() bool { return r1 == r2 && r1 >= 0 && !math.IsInf(float64(r1), 0) })
		var b1, b2 Bandwidth
		again(&b1, &b2, func() bool { return b1 == b2 && b1 >= 0 })
		var h1, h2 Share
		again(&h1, &h2, func() bool { return h1 == h2 && h1 >= 0 && h1 <= 1 })
	})
}
