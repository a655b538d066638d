package faultserver

import (
	"net/http"
	"time"
)

// latencyFault holds a request back, then lets it go on.
type latencyFault struct{ Latency }

func (f latencyFault) act(x *exchange) bool {
	d := f.Add.D()
	if f.Jitter > 0 {
		d += time.Duration(dice(x.srv.seed, x.rule.Name, x.id, x.attempt, 1) * float64(f.Jitter))
	}
	x.note("latency")
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-x.r.Context().Done(): // the client has gone; the backend will notice
	case <-x.srv.stopped:
		panic(http.ErrAbortHandler) // nobody waits for an answer any more
	}
	return false
}
