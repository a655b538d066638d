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
	o.Hint = strategies.ReadHint(o.Status, resp.Header, now)
	if o.Status >= 400 {
		o.Code = peekCode(resp)
	}
	return o
}
