package faultserver

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// Headers that our own clients send; the fault server takes them off before the backend sees the request. Clients need
// not cooperate: faults are decided without them.
const (
	// AttemptHeader ties a client's record of an attempt to the ledger's: "<client>-<number>".
	AttemptHeader = record.AttemptHeader
	// TicketHeader carries a reservation that Forecast made.
	TicketHeader = "X-Ratebench-Ticket"
)

// Options set up a Server. The zero value has no rules and so lets everything pass.
type Options struct {
	Rules  []Rule
	Phases []Phase
	Seed   uint64
	Trial  int // written into the ledger's rows
	// Ordinal names the object a request is about by a number that is the same in every run. Nil, or an answer of false:
	// the object is told by its bucket and key.
	Ordinal func(ops.Request) (int, bool)
	// Name is for objects without an ordinal whose bucket or key is another in every run: it names them by what is the same, and the
	// ledger does too. Nil, or an answer of false: bucket and key are.
	Name func(ops.Request) (string, bool)
	// Client names who sent a request, for scopes and the ledger. Nil: the attempt header says it, or else the host that
	// the request came from.
	Client func(*http.Request) string
	// Admin is what faults need that change what an S3 backend has stored. Nil: they cannot be set up.
	Admin faults.Admin
	// Sink takes each row of the ledger once it is complete, and must not keep it. It is called by several goroutines at
	// once. Nil: all rows are kept in memory, for Ledger and Find.
	Sink func(*record.LedgerRow)
	// Remember is how many identities attempts are counted for, at least. Zero: a million.
	Remember int
}

// Server injects faults in front of any http.Handler, and keeps a ledger of every attempt and every decision. All of
// its methods are safe for concurrent use.
type Server struct {
	options Options
	rules   atomic.Pointer[[]*rule]
	seed    atomic.Uint64
	trial   int
	start   atomic.Pointer[time.Time]

	changing sync.Mutex // held while the rules are changed
	phases   []Phase    // guarded by changing

	mu       sync.Mutex
	meter    meter
	ledger   ledger
	attempts *counter
	tickets  map[string]map[string]bool
	issued   int
	conns    map[string]*conn
	accepted int
	active   int           // attempts under way
	stopped  chan struct{} // closed by Stop
	changed  chan struct{} // closed when the rules change, then made anew
	idle     chan struct{} // closed when active falls to zero; nil: nobody waits
}

// New makes a server. Its time zero is now; Begin sets another.
func New(o Options) (*Server, error) {
	s := &Server{
		options: o, trial: o.Trial, phases: o.Phases,
		ledger:   ledger{sink: o.Sink, byID: map[string][]int{}},
		attempts: newCounter(cmp.Or(o.Remember, 1<<20)), tickets: map[string]map[string]bool{},
		conns: map[string]*conn{}, stopped: make(chan struct{}), changed: make(chan struct{}),
	}
	s.seed.Store(o.Seed)
	if err := s.SetRules(o.Rules); err != nil {
		return nil, err
	}
	now := time.Now()
	s.start.Store(&now)
	return s, nil
}

func (s *Server) env() faults.Env {
	return faults.Env{Seed: s.seed.Load(), Admin: s.options.Admin}
}

// Begin sets the trial's time zero, by which phases and time windows go, and writes the known windows of trouble into
// the ledger.
func (s *Server) Begin(start time.Time) {
	s.start.Store(&start)
	defer s.announce()
	for _, r := range *s.rules.Load() {
		s.recordWindows(r)
	}
}

// recordWindows writes the windows of a rule that is bound to a part of the trial's time into the ledger.
func (s *Server) recordWindows(r *rule) {
	if !r.When.timed() {
		return
	}
	for _, w := range *r.windows.Load() {
		row := record.LedgerRow{Kind: record.LedgerWindow, Name: r.Name, TS: w.from.Seconds()}
		if w.to != forever { // else zero: to the end of the trial
			row.EndS = w.to.Seconds()
		}
		s.add(row)
	}
}

// sinceStart is the trial's time.
func (s *Server) sinceStart(now time.Time) time.Duration {
	return now.Sub(*s.start.Load())
}

// Stop ends attempts that a fault holds back, when nobody waits for their answers any more. It may be called again.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.stopped:
	default:
		close(s.stopped)
	}
}

// Wait waits until no attempt is under way, or ctx is done.
func (s *Server) Wait(ctx context.Context) error {
	s.mu.Lock()
	if s.active == 0 {
		s.mu.Unlock()
		return nil
	}
	if s.idle == nil {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	s.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for attempts under way: %w", context.Cause(ctx))
	}
}

// rulesChanged is closed when the rules change, or the trial begins.
func (s *Server) rulesChanged() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// announce tells of changed rules.
func (s *Server) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

// done counts an attempt out.
func (s *Server) done(at time.Duration, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.meter.tenths[s.meter.turn(at)]
	t.answers++
	if status == 0 || status >= 400 {
		t.errors++
	}
	s.active--
	if s.active == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}

// identify works out the identity of a request, and whether its object has an ordinal. attempt is what the attempt header says.
func (s *Server) identify(q ops.Request, attempt string) (id identity, known bool) {
	id = identity{op: q.Op, part: q.Part, asks: asked(q.Op, q.Key != "", q.Work, attempt)}
	if q.Key == "" {
		return id, true
	}
	if s.options.Ordinal != nil {
		if n, ok := s.options.Ordinal(q); ok {
			id.object = uint64(n)
			return id, true
		}
	}
	id.object = hashKey(s.names(q))
	return id, false
}

// names are the bucket and key that tell an object.
func (s *Server) names(q ops.Request) (bucket, key string) {
	if s.options.Name != nil {
		if name, ok := s.options.Name(q); ok {
			return "", name
		}
	}
	return q.Bucket, q.Key
}

// Handler puts the faults in front of next. Several handlers of one server share rules, buckets and ledger.
func (s *Server) Handler(next http.Handler, classify ops.Classifier) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, next, classify)
		defer x.end()
		for _, c := range *x.rules {
			if x.due(c) && x.act(c) {
				return
			}
		}
		x.Pass(x.W)
	})
}

// begin takes an attempt up into the ledger.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, next http.Handler, classify ops.Classifier) *exchange {
	now := time.Now()
	x := &exchange{srv: s, next: next, rules: s.rules.Load()}
	x.Req = classify(r)
	x.status.ResponseWriter = w
	x.body = countingBody{ReadCloser: r.Body, eof: r.ContentLength == 0}
	// The server looks at its own request's body to decide how to end an answer that came early: a wrapped one there makes
	// it wait for a quarter of a MiB, and for the body of a client that asked whether to send it.
	x.inner = *r
	x.inner.Body = &x.body
	x.at = s.sinceStart(now)
	x.Exchange.W, x.R, x.Arrived, x.Row, x.Host = &x.status, &x.inner, now, &x.row, x
	id := first(r.Header[AttemptHeader])
	ticket := first(r.Header[TicketHeader])
	if id != "" {
		r.Header.Del(AttemptHeader)
	}
	if ticket != "" {
		r.Header.Del(TicketHeader)
	}
	x.Client = s.client(r, id)
	var known bool
	x.id, known = s.identify(x.Req, id)
	x.row = record.LedgerRow{
		Kind: record.LedgerAttempt, Trial: s.trial, TS: x.at.Seconds(), ID: id, Client: x.Client, Peer: r.RemoteAddr,
		Op: x.Req.Op, Part: x.id.part, Work: x.Req.Work, Once: x.Req.Once,
	}
	if call := first(r.Header["Amz-Sdk-Invocation-Id"]); len(call) <= 64 {
		x.row.Call = call
	}
	if known {
		x.row.Object = int(x.id.object)
	} else {
		x.row.Bucket, x.row.Key = s.names(x.Req)
	}

	s.mu.Lock()
	if ticket != "" {
		x.paid = s.tickets[ticket]
		delete(s.tickets, ticket)
	}
	x.Attempt = s.attempts.add(x.id)
	s.active++
	t := &s.meter.tenths[s.meter.turn(x.at)]
	t.attempts++
	t.bytes += float64(max(r.ContentLength, 0))
	x.row.Attempt = x.Attempt
	if x.conn = s.conns[r.RemoteAddr]; x.conn != nil {
		x.Conn = x.conn
		x.row.Connection = x.conn.ordinal
		x.conn.begin(now)
	}
	s.mu.Unlock()
	for _, c := range *x.rules {
		if c.hinting != nil && c.matches(&x.Req) && (c.plain || c.Match.wire(&x.Exchange)) {
			if scope := c.hinting.HintScope(&x.Exchange); scope != "" {
				x.row.Scopes = append(x.row.Scopes, c.Name+"/"+scope)
			}
		}
	}
	s.mu.Lock()
	s.ledger.add(&x.row)
	s.mu.Unlock()
	return x
}

// first is the first value of a header whose name is in its canonical form already.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// client names who sent a request.
func (s *Server) client(r *http.Request, id string) string {
	if s.options.Client != nil {
		return s.options.Client(r)
	}
	if client, _, ok := strings.Cut(id, "-"); ok {
		return client
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil && host != "" {
		return host
	}
	return r.RemoteAddr
}

// due asks match and schedule whether a rule acts on the exchange.
func (x *exchange) due(c *rule) bool {
	if !c.matches(&x.Req) || !c.plain && !c.Match.wire(&x.Exchange) {
		return false
	}
	c.matched.Add(1)
	began, ok := c.began(x.at)
	if !ok || !c.When.attempt(x.Attempt) || c.below > 0 && !c.rolls(x.digest()) || len(x.paid) > 0 && x.paid[c.Name] {
		return false
	}
	for _, cond := range c.conditions {
		if !cond.holds(x.at, &x.Exchange, func(salt byte) float64 { return dice(x.digest(), c.hash, salt) }) {
			return false
		}
	}
	if !c.counted() || !c.enter(x.id) {
		return false
	}
	x.rule, x.Rule, x.Began = c, c.Name, began
	return true
}

// act lets a rule that is due act.
func (x *exchange) act(c *rule) (done bool) {
	host := &acting{exchange: x, rule: c}
	x.Host = host
	if c.Shadow {
		would := true
		if f, ok := c.fault.(faults.Shadowing); ok {
			would = f.Would(&x.Exchange)
		}
		if would {
			c.shadows.Add(1)
			x.shadow(c.Name)
		}
		c.leave(x.id, true)
		return false
	}
	entered := true
	x.After(func() {
		if entered {
			c.leave(x.id, false)
		}
	})
	done = c.fault.Act(&x.Exchange)
	if !done && !host.noted && c.kind.Effect == faults.Limits {
		entered = false // the limit let it pass
		c.leave(x.id, true)
	}
	return done
}

// ticketName names the nth reservation.
func ticketName(n int) string { return "t" + strconv.Itoa(n) }
