package strategies

import "time"

// Swift is the retry loop of python-swiftclient's Connection: up to Retries retries, so one call more, after waits that
// double from StartingBackoff to MaxBackoff without jitter. It never reads Retry-After. A first 401 is tried again, as after a
// new login, also where the retries are used up.
//
// It retries broken connections and timeouts, 408, 499 and all of 5xx; 429 and 498 with RetryOnRatelimit. What a call does is
// not looked at. The zero value makes one attempt; see DefaultSwift.
//
// Source: openstack/python-swiftclient, swiftclient/client.py, Connection._retry.
type Swift struct {
	Retries          int // 3 are 4 calls
	StartingBackoff  time.Duration
	MaxBackoff       time.Duration
	RetryOnRatelimit bool
}

// DefaultSwift returns swiftclient's defaults: 5 retries, 1 s to 64 s, and limits are retried since 2022.
func DefaultSwift() Swift {
	return Swift{Retries: 5, StartingBackoff: time.Second, MaxBackoff: 64 * time.Second, RetryOnRatelimit: true}
}

// For returns the retrier of one call.
func (s *Swift) For(*Call) Retrier { return &swiftRetrier{swift: s} }

type swiftRetrier struct {
	swift   *Swift
	retries int
	again   bool // the login was made anew
}

func (r *swiftRetrier) Next(_ int, o Outcome) (time.Duration, bool) {
	s := r.swift
	login := o.Err == nil && o.Status == 401 && !r.again
	if !login && (r.retries >= s.Retries || !s.retried(o)) {
		return 0, false
	}
	r.again = r.again || login
	r.retries++
	return Exponential{Base: s.StartingBackoff, Cap: s.MaxBackoff}.Wait(r.retries-1, nil), true
}

func (s *Swift) retried(o Outcome) bool {
	switch {
	case o.Err != nil:
		k := KindOf(o.Err)
		return k == Timeout || k == Network || k == EarlyClose
	case o.Status == 429 || o.Status == 498:
		return s.RetryOnRatelimit
	}
	return o.Status == 408 || o.Status == 499 || o.Status >= 500
}

// Neutron is the retry loop of neutronclient: connections that fail, and never a status, are retried for GET, PUT and DELETE
// after a fixed wait. POST never is, so that nothing is created twice. The zero value makes one attempt, which is also its
// default; its usual wait is DefaultNeutronInterval.
//
// Source: openstack/python-neutronclient, v2_0/client.py.
type Neutron struct {
	Retries  int // 3 are 4 calls
	Interval time.Duration
}

// DefaultNeutronInterval is neutronclient's retry_interval.
const DefaultNeutronInterval = time.Second

// For returns the retrier of one call.
func (n *Neutron) For(c *Call) Retrier {
	p := Policy{
		Attempts: n.Retries + 1, Backoff: Constant{n.Interval}, IgnoreHint: true,
		When: Rule{Errors: []ErrorKind{Timeout, Network, EarlyClose}, Methods: []string{"GET", "PUT", "DELETE"}, AnyMethod: true},
	}
	return p.For(c)
}
