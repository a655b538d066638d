package metrics

import (
	"cmp"
	"slices"

	"github.com/ratebench/ratebench/internal/record"
)

// timed is a part upload, or a single call, that succeeded: what its time went for, in seconds. The zero value of each part is none.
type timed struct {
	began float64 // of the first attempt, since the trial began
	// response is from when the contestant was handed the part, or the planned start of the call, to its success.
	response float64
	service  float64 // from the send of the attempt that succeeded
	split
}

// busy is the response time less the waits between attempts.
func (t *timed) busy() float64 { return max(0, t.response-t.backoff) }

// split is the time budget. Its parts add up to the time from the object's start to the success; of parts that is what was waited
// for a slot, and the response time.
type split struct {
	slot, limiter, connection, sending, server, backoff float64
	knows                                               knowledge
}

// knowledge is which parts of a split are known.
type knowledge struct{ slot, limiter, wire bool }

// timesOf returns the times of all that succeeded and whose first attempt, or planned start, came after the warm-up.
func timesOf(calls []*call, objects map[objectKey]record.Object, warmUp float64) (ts []timed) {
	for _, c := range calls {
		o := objects[c.object]
		ok := c.success()
		switch {
		case o.Single:
			if last := c.end(); succeeded(last) {
				ok = last
			}
			if ok != nil && o.Verified && o.StartS >= warmUp {
				ts = append(ts, c.timedCall(ok, o))
			}
		case ok != nil && c.carriesBody() && c.first() >= warmUp:
			ts = append(ts, c.timedPart(ok))
		case c.download() && c.wholeRange() != nil && c.first() >= warmUp:
			ts = append(ts, c.timedPart(c.wholeRange()))
		}
	}
	return ts
}

// first is when the call's first attempt began.
func (c *call) first() float64 { return c.attempts[0].StartS }

// timedPart is a part, or a range, whose attempt ok succeeded. A range ends with the answer's body.
func (c *call) timedPart(ok *record.Attempt) timed {
	first := c.attempts[0]
	body := bodyEnd(ok) - end(ok)
	t := timed{began: first.StartS, service: ok.TookS + body, split: c.split(ok)}
	t.server += body
	if first.QueuedS != nil {
		t.limiter, t.knows.limiter = *first.QueuedS, true
	}
	if first.SlotS != nil {
		t.slot, t.knows.slot = *first.SlotS, true
	}
	t.response = t.limiter + max(0, bodyEnd(ok)-first.StartS)
	return t
}

// timedCall is a call that is all there is of its object. Its answer's body comes after its headers.
func (c *call) timedCall(ok *record.Attempt, o record.Object) timed {
	first := c.attempts[0]
	t := timed{began: first.StartS, response: max(0, o.EndS-o.StartS), split: c.split(ok)}
	if first.SlotS != nil {
		t.slot, t.knows.slot = *first.SlotS, true
	}
	t.limiter, t.knows.limiter = max(0, first.StartS-o.StartS-t.slot), true
	body := max(0, o.EndS-end(ok))
	t.server += body
	t.service = ok.TookS + body
	return t
}

// split shares the time from the first attempt to the end of the one that succeeded out among what the attempts did, and the
// waits between them. Where attempts overlap, as hedges do, a moment belongs to the one that succeeded if it was under way, else
// to the one that had begun first.
func (c *call) split(ok *record.Attempt) (s split) {
	now := c.first()
	until := max(now, ok.StartS)
	others := slices.Clone(c.attempts)
	slices.SortStableFunc(others, func(a, b *record.Attempt) int { return cmp.Compare(a.StartS, b.StartS) })
	for _, a := range others {
		if a == ok || a.StartS >= until {
			continue
		}
		s.backoff += max(0, a.StartS-now)
		now = max(now, a.StartS)
		if to := min(end(a), until); to > now {
			s.share(a, now, to)
			now = to
		}
	}
	s.backoff += until - now
	s.share(ok, until, max(until, end(ok)))
	return s
}

// share adds the part of an attempt between from and to.
func (s *split) share(a *record.Attempt, from, to float64) {
	had, sent := a.StartS, a.StartS
	if a.ConnectionS != nil {
		s.knows.wire = true
		had += *a.ConnectionS
		sent = had
	}
	if a.SendingS != nil {
		sent += *a.SendingS
	}
	had, sent = min(max(had, from), to), min(max(sent, from), to)
	s.connection += had - from
	s.sending += sent - had
	s.server += to - sent
}

func end(a *record.Attempt) float64 { return a.StartS + a.TookS }

// countResponse fills in the percentiles of response times.
func countResponse(t *record.Trial, response *lengths) {
	t.P50S, t.P50Censored = response.percentile(50)
	t.P95S, t.P95Censored = response.percentile(95)
	t.P99S, t.P99Censored = response.percentile(99)
}

// countTimes fills in the percentiles of service times, and the time budget, of those that succeeded.
func countTimes(t *record.Trial, ts []timed) {
	n := len(ts)
	if n == 0 {
		return
	}
	service := make([]float64, n)
	for i := range ts {
		service[i] = ts[i].service
	}
	slices.Sort(service)
	p50, p95, p99 := Percentile(service, 50), Percentile(service, 95), Percentile(service, 99)
	t.ServiceP50S, t.ServiceP95S, t.ServiceP99S = &p50, &p95, &p99

	var sum split
	for i := range ts {
		s := &ts[i].split
		sum.slot += s.slot
		sum.limiter += s.limiter
		sum.connection += s.connection
		sum.sending += s.sending
		sum.server += s.server
		sum.backoff += s.backoff
		sum.knows.slot = sum.knows.slot || s.knows.slot
		sum.knows.limiter = sum.knows.limiter || s.knows.limiter
		sum.knows.wire = sum.knows.wire || s.knows.wire
	}
	sum.means(t, float64(n))
}

// means fills in the budget of n calls, of which s is the sum.
func (s *split) means(t *record.Trial, n float64) {
	mean := func(v float64, known bool) *float64 {
		if !known {
			return nil
		}
		v /= n
		return &v
	}
	t.SlotS, t.LimiterS = mean(s.slot, s.knows.slot), mean(s.limiter, s.knows.limiter)
	t.ConnectionS, t.SendingS = mean(s.connection, s.knows.wire), mean(s.sending, s.knows.wire)
	t.ServerS, t.BackoffS = mean(s.server, true), mean(s.backoff, true)
}
