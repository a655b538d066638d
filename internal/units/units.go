// Package units reads and prints quantities as people write them: 8MiB, 250ms, 20/s, 100MiB/s, 5%.
//
// The types parse from text and print back in the same form, so they can stand in YAML, JSON and flags.
// They are strict: a number without its unit is an error, since nobody can tell 250 ms from 250 s in a diff.
package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes. The zero value is no bytes.
type Size int64

// The binary multiples of a byte.
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

var sizeUnits = []struct {
	suffix string
	size   float64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"KB", 1e3}, {"B", 1},
}

// ParseSize reads a size such as 8MiB, 1.5GiB, 10MB or 512B.
func ParseSize(s string) (Size, error) {
	t := strings.TrimSpace(s)
	for _, u := range sizeUnits {
		num, ok := strings.CutSuffix(t, u.suffix)
		if !ok {
			continue
		}
		f, err := parseNumber(num)
		if err != nil {
			return 0, fmt.Errorf("%q is not a size: write a number and a unit, such as 8MiB, 1.5GiB or 512B", s)
		}
		if f < 0 {
			return 0, fmt.Errorf("size %q is negative: write 0B or more", s)
		}
		if f*u.size > math.MaxInt64/2 {
			return 0, fmt.Errorf("size %q is too large: write less than 4194304TiB", s)
		}
		return Size(math.Round(f * u.size)), nil
	}
	if _, err := parseNumber(t); err == nil {
		return 0, fmt.Errorf("size %q has no unit: write %sB, %sKiB or %sMiB", s, t, t, t)
	}
	return 0, fmt.Errorf("%q is not a size: write a number and a unit (B, KiB, MiB, GiB, TiB, kB, MB, GB), such as 8MiB", s)
}

// String prints the size with the largest binary unit that keeps it exact or short.
func (s Size) String() string {
	for _, u := range sizeUnits[:4] {
		if f := float64(s) / u.size; f >= 1 && (f == math.Trunc(f) || s >= Size(u.size)*10) {
			return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) + u.suffix
		}
	}
	for _, u := range sizeUnits[:4] {
		if f := float64(s) / u.size; f >= 1 {
			return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) + u.suffix
		}
	}
	return strconv.FormatInt(int64(s), 10) + "B"
}

// MarshalText implements encoding.TextMarshaler. It is exact: what it prints parses to the same size.
func (s Size) MarshalText() ([]byte, error) {
	for _, u := range sizeUnits[:4] {
		if s >= Size(u.size) && s%Size(u.size) == 0 {
			return fmt.Appendf(nil, "%d%s", int64(s)/int64(u.size), u.suffix), nil
		}
	}
	return fmt.Appendf(nil, "%dB", int64(s)), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(b []byte) (err error) { *s, err = ParseSize(string(b)); return err }

// Duration is a time.Duration that reads and prints as text. The zero value is no time.
type Duration time.Duration

// ParseDuration reads a duration such as 250ms, 1m30s or 0s. Negative durations are errors.
func ParseDuration(s string) (Duration, error) {
	t := strings.TrimSpace(s)
	if _, err := parseNumber(t); err == nil { // the standard library takes 0 without a unit
		return 0, fmt.Errorf("duration %q has no unit: write %sms or %ss", s, t, t)
	}
	d, err := time.ParseDuration(t)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: write a number and a unit (ns, us, ms, s, m, h), such as 250ms", s)
	}
	if d < 0 {
		return 0, fmt.Errorf("duration %q is negative: write 0s or more", s)
	}
	return Duration(d), nil
}

// D returns the value as a time.Duration.
func (d Duration) D() time.Duration { return time.Duration(d) }

// String prints the duration as time.Duration does, without zero parts.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDuration(string(b))
	return err
}

// Rate is a number of events per second. The zero value is no events.
type Rate float64

// ParseRate reads a rate such as 20/s, 0.5/s, 300/min or 1000/h.
func ParseRate(s string) (Rate, error) {
	num, per, ok := strings.Cut(strings.TrimSpace(s), "/")
	f, err := parseNumber(num)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q is not a rate: write a number per unit of time, such as 20/s or 300/min", s)
	}
	if f < 0 {
		return 0, fmt.Errorf("rate %q is negative: write 0/s or more", s)
	}
	switch strings.TrimSpace(per) {
	case "s":
		return Rate(f), nil
	case "min", "m":
		return Rate(f / 60), nil
	case "h":
		return Rate(f / 3600), nil
	}
	return 0, fmt.Errorf("rate %q has an unknown unit of time: write /s, /min or /h", s)
}

// String prints the rate per second.
func (r Rate) String() string { return strconv.FormatFloat(float64(r), 'f', -1, 64) + "/s" }

// MarshalText implements encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rate) UnmarshalText(b []byte) (err error) { *r, err = ParseRate(string(b)); return err }

// Bandwidth is a number of bytes per second. The zero value means unlimited wherever it is used.
type Bandwidth int64

// ParseBandwidth reads a bandwidth such as 100MiB/s or 1GB/s.
func ParseBandwidth(s string) (Bandwidth, error) {
	num, ok := strings.CutSuffix(strings.TrimSpace(s), "/s")
	if !ok {
		return 0, fmt.Errorf("%q is not a bandwidth: write a size in bytes per second, such as 100MiB/s", s)
	}
	b, err := ParseSize(num)
	if err != nil {
		return 0, fmt.Errorf("%q is not a bandwidth: write a size in bytes per second, such as 100MiB/s", s)
	}
	return Bandwidth(b), nil
}

// String prints the bandwidth as a size per second.
func (b Bandwidth) String() string { return Size(b).String() + "/s" }

// MarshalText implements encoding.TextMarshaler.
func (b Bandwidth) MarshalText() ([]byte, error) {
	t, err := Size(b).MarshalText()
	return append(t, "/s"...), err
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bandwidth) UnmarshalText(t []byte) (err error) {
	*b, err = ParseBandwidth(string(t))
	return err
}

// Share is a number between 0 and 1, written as 5% or 0.05. The zero value is none.
type Share float64

// ParseShare reads a share such as 5% or 0.05.
func ParseShare(s string) (Share, error) {
	t := strings.TrimSpace(s)
	num, percent := strings.CutSuffix(t, "%")
	f, err := parseNumber(num)
	if err != nil {
		return 0, fmt.Errorf("%q is not a share: write a percentage such as 5%% or a number from 0 to 1", s)
	}
	if percent {
		f /= 100
	}
	if f < 0 || f > 1 {
		return 0, fmt.Errorf("share %q is outside 0 to 1 (0%% to 100%%)", s)
	}
	return Share(f), nil
}

// String prints the share as a percentage.
func (s Share) String() string {
	return strconv.FormatFloat(math.Round(float64(s)*1e8)/1e6, 'f', -1, 64) + "%"
}

// MarshalText implements encoding.TextMarshaler. It is exact: what it prints parses to the same share.
func (s Share) MarshalText() ([]byte, error) {
	t := s.String()
	if again, err := ParseShare(t); err != nil || again != s {
		t = strconv.FormatFloat(float64(s), 'f', -1, 64)
	}
	return []byte(t), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Share) UnmarshalText(b []byte) (err error) { *s, err = ParseShare(string(b)); return err }

// parseNumber reads a plain decimal number: no exponent, no hexadecimal, no infinity.
func parseNumber(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "-0123456789.") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}
