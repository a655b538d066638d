package faultserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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
	// objects are numbered from 1 in the order in which their keys are first seen.
	Ordinal func(Request) (int, bool)
}

// Server injects faults in front of any http.Handler, and keeps a ledger of every attempt and every decision. All of
// its methods are safe for concurrent use.
type Server struct {
	rules   []*rule
	seed    uint64
	trial   int
	ordinal func(Request) (int, bool)
	start   atomic.Value // time.Time

	mu       sync.Mutex
	attempts map[identity]int
	keys     map[string]int // ordinals by first appearance
	tickets  map[string]map[string]bool
	issued   int
	conns    map[string]*conn
	accepted int
	rows     []*record.LedgerRow // pointers: there may be very many rows, and a slice copies them all when it grows
	byID     map[string][]int    // indexes of rows
	active   int                 // attempts under way
	stopped  chan struct{}       // closed by Stop
	idle     chan struct{}       // closed when active falls to zero; nil: nobody waits
}

// New makes a server. Its time zero is now; Begin sets another.
func New(o Options) (*Server, error) {
	s := &Server{
		seed: o.Seed, trial: o.Trial, ordinal: o.Ordinal,
		attempts: map[identity]int{}, keys: map[string]int{}, tickets: map[string]map[string]bool{},
		conns: map[string]*conn{}, byID: map[string][]int{}, stopped: make(chan struct{}),
	}
	for _, r := range o.Rules {
		c, err := compile(r, o.Phases)
		if err != nil {
			return nil, err
		}
		s.rules = append(s.rules, c)
	}
	s.start.Store(time.Now())
	return s, nil
}

// Begin sets the trial's time zero, by which phases and time windows go, and writes the known windows of trouble into
// the ledger.
func (s *Server) Begin(start time.Time) {
	s.start.Store(start)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		for _, w := range r.windows {
			if !r.When.timed() {
				continue
			}
			row := record.LedgerRow{Kind: record.LedgerWindow, Name: r.Name, TS: w.from.Seconds()}
			if w.to != forever { // else zero: to the end of the trial
				row.EndS = w.to.Seconds()
			}
			s.append(row)
		}
	}
}

// append adds a row; the caller holds s.mu.
func (s *Server) append(row record.LedgerRow) int {
	row.Trial = s.trial
	row.Seq = len(s.rows) + 1
	s.rows = append(s.rows, &row)
	if row.ID != "" {
		s.byID[row.ID] = append(s.byID[row.ID], row.Seq-1)
	}
	return row.Seq
}

// Ledger returns a copy of all rows so far, in the order of arrival. A row of an attempt under way is not complete yet.
func (s *Server) Ledger() []record.LedgerRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]record.LedgerRow, len(s.rows))
	for i, row := range s.rows {
		out[i] = *row
	}
	return out
}

// Find returns the rows of the attempt with this id. There are several if the client's HTTP library repeated the
// request by itself.
func (s *Server) Find(id string) []record.LedgerRow {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []record.LedgerRow
	for _, i := range s.byID[id] {
		out = append(out, *s.rows[i])
	}
	return out
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

// done counts an attempt out.
func (s *Server) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	if s.active == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
}

// identify works out the identity of a request; the caller holds s.mu.
func (s *Server) identify(q Request) identity {
	id := identity{op: q.Op, part: q.Part}
	if q.Key == "" {
		return id
	}
	if s.ordinal != nil {
		if n, ok := s.ordinal(q); ok {
			id.object = n
			return id
		}
	}
	name := q.Bucket + "/" + q.Key
	n, ok := s.keys[name]
	if !ok {
		n = len(s.keys) + 1
		s.keys[name] = n
	}
	id.object = n
	return id
}

// Handler puts the faults in front of next. Several handlers of one server share rules, buckets and ledger.
func (s *Server) Handler(next http.Handler, classify Classifier) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, next, classify)
		defer x.end()
		for _, c := range s.rules {
			if x.due(c) && c.fault.act(x) {
				return
			}
		}
		x.rule = nil
		x.pass(x.w)
	})
}

// begin takes an attempt up into the ledger.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, next http.Handler, classify Classifier) *exchange {
	now := time.Now()
	x := &exchange{srv: s, next: next, now: now, req: classify(r)}
	x.w = &statusWriter{ResponseWriter: w}
	x.body = &countingBody{ReadCloser: r.Body, eof: r.ContentLength == 0}
	// The server looks at its own request's body to decide how to end an answer that came early: a wrapped one there makes
	// it wait for a quarter of a MiB, and for the body of a client that asked whether to send it.
	inner := *r
	inner.Body = x.body
	x.r = &inner
	id := r.Header.Get(AttemptHeader)
	ticket := r.Header.Get(TicketHeader)
	r.Header.Del(AttemptHeader)
	r.Header.Del(TicketHeader)
	client, _, ok := strings.Cut(id, "-")
	if !ok {
		if client, _, _ = net.SplitHostPort(r.RemoteAddr); client == "" {
			client = r.RemoteAddr
		}
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	x.paid = s.tickets[ticket]
	delete(s.tickets, ticket)
	x.id = s.identify(x.req)
	s.attempts[x.id]++
	s.active++
	x.attempt = s.attempts[x.id]
	x.row = record.LedgerRow{
		Kind: record.LedgerAttempt, TS: s.sinceStart(now).Seconds(), ID: id, Client: client, Peer: r.RemoteAddr,
		Op: x.req.Op, Object: x.id.object, Part: x.id.part, Attempt: x.attempt,
	}
	if x.conn = s.conns[r.RemoteAddr]; x.conn != nil {
		x.row.Connection = x.conn.ordinal
		x.conn.begin()
	}
	for _, c := range s.rules {
		if h, ok := c.fault.(hinting); ok && c.Match.matches(x.req) {
			if scope := h.scopeOf(x); scope != "" {
				x.row.Scopes = append(x.row.Scopes, c.Name+"/"+scope)
			}
		}
	}
	x.row.Seq = s.append(x.row)
	return x
}

// due asks match and schedule whether a rule acts on the exchange.
func (x *exchange) due(c *rule) bool {
	if !c.Match.matches(x.req) {
		return false
	}
	if _, ok := c.activeAt(x.srv.sinceStart(x.now)); !ok {
		return false
	}
	if c.When.Every > 0 {
		x.srv.mu.Lock()
		c.arrivals++
		n := c.arrivals
		x.srv.mu.Unlock()
		if n%c.When.Every != 0 {
			return false
		}
	}
	if !c.byIdentity(x.srv.seed, x.id, x.attempt) {
		return false
	}
	x.rule = c
	return true
}

// ticketName names the nth reservation.
func ticketName(n int) string { return "t" + strconv.Itoa(n) }
