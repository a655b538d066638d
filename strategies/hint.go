package strategies

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// ReadHint reads what an answer says about coming back. header has canonical keys, as http.Header has; now is the moment of
// the receipt.
//
//   - Grpc-Retry-Pushback-Ms (grpc/proposal A6): so many milliseconds; a negative number, or none at all, asks not to come back.
//   - Retry-After-Ms and X-Ms-Retry-After-Ms (Azure), X-Amz-Retry-After (AWS since 2026): milliseconds, more exact than
//     Retry-After and so read before it.
//   - Retry-After (RFC 9110 §10.2.3), see ParseRetryAfter. A date is compared with the answer's own Date where there is one: the
//     difference is what the server meant, however wrong either clock is.
//   - RateLimit and RateLimit-Policy, see ParseRateLimit; on an error answer that says nothing else, a limit of which nothing is left asks
//     to wait for its reset. They are ignored on an answer from a cache, which has an Age.
//
// Of an answer that is no error (a status below 300) only the RateLimit fields are read.
func ReadHint(status int, header map[string][]string, now time.Time) Hint {
	var h Hint
	limit, policy := header["Ratelimit"], header["Ratelimit-Policy"]
	if len(limit)+len(policy) > 0 {
		if age := header["Age"]; len(age) == 0 || strings.Trim(age[0], " 0") == "" {
			h.Limits = ParseRateLimit(limit, policy)
		}
	}
	if status < 300 {
		return h
	}
	if values := header["Grpc-Retry-Pushback-Ms"]; len(values) > 0 {
		if !h.milliseconds(values) {
			h.Stop = true
		}
		return h
	}
	for _, name := range [...]string{"Retry-After-Ms", "X-Ms-Retry-After-Ms", "X-Amz-Retry-After"} {
		if h.milliseconds(header[name]) {
			return h
		}
	}
	if values := header["Retry-After"]; len(values) > 0 {
		h.retryAfter(values, header["Date"], now)
	}
	if h.Given || status < 400 {
		return h
	}
	for _, l := range h.Limits {
		if l.HasLeft && l.Left == 0 && l.Reset >= 0 {
			h.Given, h.Form, h.After = true, Reset, max(h.After, l.Reset)
		}
	}
	return h
}

func (h *Hint) retryAfter(values, date []string, now time.Time) {
	if len(date) == 1 {
		if at, ok := parseHTTPDate(date[0], now); ok {
			now = at
		}
	}
	after, ok := ParseRetryAfter(values, now)
	if !ok {
		return
	}
	h.Given, h.After, h.Form = true, after, Date
	if v := strings.Trim(values[0], " \t"); v[0] >= '0' && v[0] <= '9' {
		h.Form = Seconds
	}
}

// milliseconds reads one line with a whole number of them.
func (h *Hint) milliseconds(values []string) bool {
	if len(values) != 1 {
		return false
	}
	n, err := strconv.ParseUint(strings.Trim(values[0], " \t"), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // a number too large is the largest
		return false
	}
	h.Given, h.Form, h.After = true, Milliseconds, maxDuration
	if n <= uint64(maxDuration/time.Millisecond) {
		h.After = time.Duration(n) * time.Millisecond
	}
	return true
}
