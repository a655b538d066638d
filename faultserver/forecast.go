package faultserver

import (
	"net/http"
	"strings"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// Forecast tells the oracle, and nobody else, how long the attempt that r would be has to wait so that neither a limit
// nor an outage stops it. What it will need of a limit is reserved: setting header on the request spends it. After a wait
// that comes without a header, it is to ask again: nothing is reserved before an outage is over. A fault that
// is decided by the attempt's identity strikes whenever it is sent, so there is nothing to wait for. A negative wait says
// that no attempt of this request will ever pass.
func (s *Server) Forecast(now time.Time, r *http.Request, classify ops.Classifier) (time.Duration, http.Header) {
	q := classify(r)
	id, _ := s.identify(q, r.Header.Get(AttemptHeader))
	s.mu.Lock()
	defer s.mu.Unlock()
	attempt := s.attempts.get(id) + 1
	at := s.sinceStart(now)
	wait := s.outage(q, at)
	if wait != 0 {
		return wait, nil
	}
	x := faults.Exchange{Host: &exchange{srv: s}, R: r, Req: q, Attempt: attempt, Arrived: now}
	x.Client, _, _ = strings.Cut(r.Header.Get(AttemptHeader), "-")
	header := http.Header{}
	paid := map[string]bool{}
	for _, c := range *s.rules.Load() {
		if !c.matches(&q) || c.kind.Effect == faults.Delays {
			continue
		}
		if !c.predictable() {
			continue // nobody knows whether it will act
		}
		if _, ok := c.activeAt(at); !ok || !c.byIdentity(func() uint64 { return digest(s.seed.Load(), id, attempt) }, attempt) {
			continue
		}
		if c.kind.Effect == faults.Fails {
			read := c.bodyRead(max(r.ContentLength, 0))
			if read < 0 {
				continue // it may spare the attempt
			}
			if read == 0 && r.ContentLength > ops.MaxPeek {
				header.Set("Expect", "100-continue") // then a large body need not be on its way
			}
			break // this fault strikes first, nothing is needed behind it
		}
		if f, ok := c.fault.(faults.Reserving); ok {
			w, ok := f.Reserve(&x)
			switch {
			case ok:
				wait = max(wait, w)
				paid[c.Name] = true
			case w > 0: // what other limits have reserved is lost
				return w, nil
			}
		}
	}
	if len(paid) > 0 {
		s.issued++
		name := ticketName(s.issued)
		s.tickets[name] = paid
		header.Set(TicketHeader, name)
	}
	return wait, header
}

// outage is how long every attempt of a request fails whatever it does: until the windows of certain faults have ended.
// Negative: for ever.
func (s *Server) outage(q ops.Request, at time.Duration) time.Duration {
	begin := at
	for again := true; again; {
		again = false
		for _, c := range *s.rules.Load() {
			if c.bodyRead(1<<20) < 0 || !c.matches(&q) || !c.sure() || c.When.Probability != 0 {
				continue
			}
			until, ok := c.activeAt(at)
			if ok && until == forever {
				return -1
			}
			if ok {
				at, again = until, true
			}
		}
	}
	return at - begin
}
