package faultserver

import (
	"net/http"
	"strings"
	"time"
)

// Forecast tells the oracle, and nobody else, how long the attempt that r would be has to wait so that neither an empty
// bucket nor an outage stops it. A token it will need is reserved: setting header on the request spends it. After a wait
// that comes without a header, it is to ask again: tokens are not reserved before an outage is over. A fault that
// is decided by the attempt's identity strikes whenever it is sent, so there is nothing to wait for. A negative wait says
// that no attempt of this request will ever pass.
func (s *Server) Forecast(now time.Time, r *http.Request, classify Classifier) (time.Duration, http.Header) {
	q := classify(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.identify(q)
	attempt := s.attempts[id] + 1
	at := s.sinceStart(now)
	wait := s.outage(q, at)
	if wait != 0 {
		return wait, nil
	}
	header := http.Header{}
	paid := map[string]bool{}
	for _, c := range s.rules {
		if !c.Match.matches(q) {
			continue
		}
		if _, ok := c.activeAt(at); !ok || !c.byIdentity(s.seed, id, attempt) {
			continue
		}
		t, ok := c.fault.(*throttle)
		if !ok {
			if _, delay := c.fault.(latencyFault); delay {
				continue
			}
			if c.beforeBody() && r.ContentLength > maxPeek { // then a large body need not be on its way
				header.Set("Expect", "100-continue")
			}
			break // this fault strikes first, no token is needed behind it
		}
		if t.Scope == "connection" || c.When.Every > 0 {
			continue // which connection or arrival it will be is not known
		}
		x := &exchange{srv: s, req: q, id: id, rule: c}
		x.row.Client, _, _ = strings.Cut(r.Header.Get(AttemptHeader), "-")
		wait = max(wait, t.reserve(t.key(x)))
		paid[c.Name] = true
	}
	if len(paid) > 0 {
		s.issued++
		name := ticketName(s.issued)
		s.tickets[name] = paid
		header.Set(TicketHeader, name)
	}
	return wait, header
}

// beforeBody reports whether the fault strikes before anything of the body is read.
func (r *rule) beforeBody() bool {
	return r.Status != nil || r.Reset != nil && r.Reset.bodyRead(1<<20) == 0
}

// outage is how long every attempt of a request fails whatever it does: until the windows of certain faults have ended.
// Negative: for ever.
func (s *Server) outage(q Request, at time.Duration) time.Duration {
	begin := at
	for again := true; again; {
		again = false
		for _, c := range s.rules {
			w := c.When
			if !c.Match.matches(q) || w.Probability != 0 || w.First != 0 || w.Every != 0 {
				continue
			}
			switch c.fault.(type) {
			case *throttle, latencyFault:
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
