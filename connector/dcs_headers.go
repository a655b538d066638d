package connector

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// contentRange parses "bytes 0-99/200" of RFC 9110 §14.4. total is -1 where it is unknown.
func contentRange(s string) (first, last, total int64, err error) {
	bad := fmt.Errorf("the answer has no usable Content-Range: %.60q", s)
	spec, ok := strings.CutPrefix(s, "bytes ")
	spec, of, ok2 := strings.Cut(spec, "/")
	from, to, ok3 := strings.Cut(spec, "-")
	if !ok || !ok2 || !ok3 {
		return 0, 0, 0, bad
	}
	if first, err = digits(from); err != nil {
		return 0, 0, 0, bad
	}
	if last, err = digits(to); err != nil || last < first {
		return 0, 0, 0, bad
	}
	if of == "*" {
		return first, last, -1, nil
	}
	if total, err = digits(of); err != nil || last >= total {
		return 0, 0, 0, bad
	}
	return first, last, total, nil
}

// digits parses a number without a sign.
func digits(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err
}

// retryAfter is how long a file is to be waited for: whole seconds, at least one.
func retryAfter(h http.Header) (time.Duration, error) {
	s := h.Get("Retry-After")
	if s == "" {
		return 0, errors.New("not for how long: the answer has no Retry-After")
	}
	n, err := digits(s)
	if err != nil || n > int64(24*time.Hour/time.Second) {
		return 0, fmt.Errorf("its Retry-After is no number of seconds within a day: %.40q", s)
	}
	return max(time.Duration(n)*time.Second, time.Second), nil
}

// maxAge is how long an answer may be used; zero: it does not say, or not at all.
func maxAge(h http.Header) time.Duration {
	for _, part := range strings.Split(strings.Join(h.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if n, err := digits(strings.Trim(value, `"`)); err == nil && n <= int64(365*24*time.Hour/time.Second) {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}
