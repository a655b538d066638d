package strategies

import (
	"strings"
	"time"
)

// ParseRetryAfter reads the values of a response's Retry-After header as RFC 9110 §10.2.3 defines it: a number of
// seconds, or a date in one of the three forms of §5.6.7 (IMF-fixdate, RFC 850, asctime). The wait counts from the
// receipt of the response; now is that moment, best by the clock of the server that wrote the date (its Date header).
// A date that has passed means no wait.
//
// ok is false, and the header is to be ignored, for anything else: no value or two of them (two header lines are two
// answers, and there is no telling which is meant), an empty one, a sign, a fraction, a unit, a date that does not exist.
//
// A number of seconds too large for a time.Duration saturates at math.MaxInt64 (292 years): it says "not in your
// lifetime", and must never wrap around into an immediate retry.
func ParseRetryAfter(values []string, now time.Time) (wait time.Duration, ok bool) {
	if len(values) != 1 {
		return 0, false
	}
	v := strings.Trim(values[0], " \t")
	if v == "" {
		return 0, false
	}
	if v[0] >= '0' && v[0] <= '9' {
		return parseDelaySeconds(v)
	}
	at, ok := parseHTTPDate(v, now)
	if !ok {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}

func parseDelaySeconds(v string) (time.Duration, bool) {
	const most = int64(maxDuration / time.Second)
	var n int64
	for _, c := range []byte(v) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n <= most {
			n = n*10 + int64(c-'0')
		}
	}
	if n > most {
		return maxDuration, true
	}
	return time.Duration(n) * time.Second, true
}

// The forms of an HTTP-date. GMT is spelled out because time.Parse takes any three letters for "MST".
const (
	imfFixdate = "Mon, 02 Jan 2006 15:04:05 GMT"
	rfc850     = "Monday, 02-Jan-06 15:04:05 GMT"
	asctime    = time.ANSIC
)

func parseHTTPDate(v string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{imfFixdate, rfc850, asctime} {
		t, err := time.Parse(layout, v)
		if err != nil || !writtenAs(t, layout, v) {
			continue
		}
		if layout == rfc850 {
			t = nearestCentury(t, now)
		}
		return t, true
	}
	return time.Time{}, false
}

// writtenAs reports whether v is what t looks like in the layout, weekday aside: time.Parse takes fractions of a
// second that are not in the layout. A wrong weekday is a slip of the writer that leaves the date clear.
func writtenAs(t time.Time, layout, v string) bool {
	_, want, _ := strings.Cut(t.Format(layout), " ")
	_, got, _ := strings.Cut(v, " ")
	return want == got
}

// nearestCentury gives a date with a two-digit year its century: the latest that is not more than 50 years in the
// future, as RFC 9110 §5.6.7 asks. time.Parse pivots at 1969 instead.
func nearestCentury(t, now time.Time) time.Time {
	century := now.Year() / 100 * 100
	limit := now.AddDate(50, 0, 0)
	for year := century + 100 + t.Year()%100; ; year -= 100 {
		c := time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		if !c.After(limit) {
			return c
		}
	}
}
