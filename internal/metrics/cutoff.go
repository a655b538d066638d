package metrics

import "github.com/ratebench/ratebench/internal/record"

// waiting is a part, a range or a single call that the trial's end cut off: it took so long at least.
type waiting struct {
	began          float64 // of its first attempt, or its planned start if it made none
	response, busy float64 // until the trial's end, in seconds; as of timed
}

// cutOff reports whether the trial's end stopped an object: it was neither given up nor completed.
func cutOff(o record.Object) bool { return !o.Failed && !o.Verified && o.Problem == "" }

// waitingOf returns those that were under way when the trial's end cut them off, be it in an attempt or in a wait before one, and whose first
// attempt, or planned start, came after the warm-up. Single calls that had made no attempt yet are among them; of parts that had not, nothing
// is known.
func waitingOf(calls []*call, objects map[objectKey]record.Object, warmUp float64) (ws []waiting) {
	last := lastAbout(calls)
	made := map[objectKey]*call{}
	for _, c := range calls {
		o, known := objects[c.object]
		switch {
		case !known || !cutOff(o):
		case o.Single:
			made[c.object] = c
		case Brings(c.op) && !c.whole() && last[aboutKey{c.object.client, c.about}] == c && c.first() >= warmUp:
			queued := 0.0
			if q := c.attempts[0].QueuedS; q != nil {
				queued = *q
			}
			response := queued + max(0, o.EndS-c.first())
			ws = append(ws, waiting{c.first(), response, max(0, response-c.backedOff(o.EndS))})
		}
	}
	for key, o := range objects {
		if !o.Single || !cutOff(o) || o.StartS < warmUp {
			continue
		}
		response := max(0, o.EndS-o.StartS)
		w := waiting{o.StartS, response, response}
		if c := made[key]; c != nil {
			w.began, w.busy = c.first(), max(0, response-c.backedOff(o.EndS))
		}
		ws = append(ws, w)
	}
	return ws
}

// whole reports whether the call has brought all that it was to bring.
func (c *call) whole() bool {
	if c.download() {
		return c.wholeRange() != nil
	}
	return c.success() != nil
}

// backedOff is how long a call that was cut off had waited between attempts, the wait that it was in included.
func (c *call) backedOff(until float64) float64 {
	last := c.attempts[len(c.attempts)-1]
	s := c.split(last)
	if !succeeded(last) { // else it was in the answer's body
		s.backoff += max(0, until-end(last))
	}
	return s.backoff
}

// lengthsWith are the lengths of calls that ended and of those that were cut off.
func lengthsWith(ts []timed, ended func(*timed) float64, ws []waiting, sofar func(*waiting) float64) lengths {
	spans := make([]span, 0, len(ts)+len(ws))
	for i := range ts {
		spans = append(spans, span{s: ended(&ts[i]), n: 1})
	}
	for i := range ws {
		spans = append(spans, span{s: sofar(&ws[i]), n: 1, cut: true})
	}
	return lengthsOf(spans)
}
