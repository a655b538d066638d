package transport

import (
	"net/http"
	"time"

	"github.com/ratebench/ratebench/strategies"
)

// observe tells a strategy what an attempt ended in. Of an error answer it may read the first bytes of the body; the
// caller still gets all of it.
func observe(resp *http.Response, err error, now time.Time, took time.Duration) strategies.Outcome {
	o := strategies.Outcome{Err: err, BytesSent: -1, Took: took}
	if resp == nil {
		return o
	}
	o.Status = resp.StatusCode
	if o.Status < 300 {
		return o
	}
	o.Hint = hint(resp, now)
	if o.Status >= 400 {
		o.Code = peekCode(resp)
	}
	return o
}

// hint reads Retry-After. A date is compared with the server's own Date where there is one: the difference is what the
// server meant, however wrong either clock is.
func hint(resp *http.Response, now time.Time) strategies.Hint {
	values := resp.Header["Retry-After"]
	if len(values) == 0 {
		return strategies.Hint{}
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = date
	}
	after, ok := strategies.ParseRetryAfter(values, now)
	return strategies.Hint{Given: ok, After: after}
}
