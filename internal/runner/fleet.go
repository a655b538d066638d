package runner

import (
	"fmt"
	"sync"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// fleet takes a trial's records as they come, reconciles client and server attempt by attempt, and keeps only what both
// sides have not told of yet. What it adds up is in sum.
type fleet struct {
	sum *metrics.Aggregate

	mu       sync.Mutex
	server   map[string]*answered // by the attempt's id: the client has not told of it yet
	client   map[string]*attempt  // likewise the server
	hints    map[int]pauses       // by client
	problems []string
	differ   int
	cut      int // connections that died with a request begun
	replays  int
	lost     int  // attempts that the ledger has and whose answer the client has not
	closed   bool // what comes now is too late
}

// answered is what the server says of an attempt.
type answered struct {
	status int
	hint   string
	after  *float64
	until  *float64
	scopes []string
}

// pauses is what a client has been told, by scope: in the order of receipt, each entry asking for longer than the one
// before, since what holds is the latest.
type pauses map[string][]hint

func newFleet(c Config) *fleet {
	return &fleet{
		sum: metrics.NewAggregate(c.WarmUp.Seconds(), c.Phases, c.Clients), server: map[string]*answered{}, client: map[string]*attempt{},
		hints: map[int]pauses{},
	}
}

// ledger takes a row of the server's.
func (f *fleet) ledger(r *record.LedgerRow) {
	f.sum.Ledger(r)
	if r.Kind == record.LedgerConnection {
		f.mu.Lock()
		f.cut++
		f.mu.Unlock()
	}
	if r.Kind != record.LedgerAttempt {
		return
	}
	s := &answered{status: r.Status, hint: r.Hint, after: r.RetryAfterS, until: r.HintUntilS, scopes: r.Scopes}
	f.mu.Lock()
	a := f.client[r.ID]
	switch {
	case a != nil:
		delete(f.client, r.ID)
	case f.server[r.ID] != nil:
		f.replays++ // net/http has repeated it by itself
		fallthrough
	default:
		f.server[r.ID] = s
	}
	f.mu.Unlock()
	if a != nil {
		f.join(a, s)
	}
}

// attempt takes an attempt that has ended at the client.
func (f *fleet) attempt(a *attempt) {
	f.mu.Lock()
	s := f.server[a.ID]
	if f.closed {
		f.mu.Unlock()
		return
	}
	if s == nil {
		f.client[a.ID] = a
	} else {
		delete(f.server, a.ID)
	}
	f.mu.Unlock()
	if s != nil {
		f.join(a, s)
	}
}

// join takes an attempt of which both sides have told.
func (f *fleet) join(a *attempt, s *answered) {
	a.Class = record.ClassSeen
	f.mu.Lock()
	if a.Status != 0 && a.Status != s.status {
		f.problem("attempt %s: the client got status %d, the ledger says %d", a.ID, a.Status, s.status)
	}
	if a.Status == 0 && a.wrote {
		f.lost++ // its connection may count as cut: the server was stopped between reading its headers and calling the handler
	}
	f.early(a, s)
	f.mu.Unlock()
	f.sum.Attempt(&a.Attempt)
}

// early finds out whether an attempt was, and remembers the hint that came with its answer; the caller holds mu.
func (f *fleet) early(a *attempt, s *answered) {
	p := f.hints[a.Client]
	for _, scope := range s.scopes {
		told := p[scope]
		for i := len(told) - 1; i >= 0; i-- {
			if told[i].received <= a.StartS {
				if told[i].before(a.StartS) {
					a.early(told[i].until)
				}
				break
			}
		}
	}
	if a.Status == 0 || s.hint == "" || s.after == nil {
		return // an answer that never came told nobody anything
	}
	h := hint{received: a.StartS + a.TookS}
	h.until = h.received + *s.after
	if s.until != nil {
		h.until = *s.until
	}
	if p == nil {
		p = pauses{}
		f.hints[a.Client] = p
	}
	told := p[s.hint]
	if n := len(told); n > 0 && told[n-1].until >= h.until {
		return
	}
	// One that ran out long ago does not matter to any attempt that is still under way.
	const longAgo = 600 // seconds
	for len(told) > 8 && told[0].until < h.received-longAgo {
		told = told[1:]
	}
	p[s.hint] = append(told, h)
}

func (f *fleet) problem(format string, args ...any) {
	f.differ++
	if len(f.problems) < 3 {
		f.problems = append(f.problems, fmt.Sprintf(format, args...))
	}
}

// close ends the reconciliation: what only one side knows must be what never reached the other.
func (f *fleet) close() (replays int, problem string) {
	f.mu.Lock()
	left := f.client
	f.closed = true
	cuts := 0
	for _, a := range left {
		a.Class = record.ClassNeverSent
		if a.wrote && cuts < f.cut {
			cuts++
			a.Class = record.ClassCut
		}
		if a.Status != 0 {
			f.problem("attempt %s: the client got status %d, the ledger has no such attempt", a.ID, a.Status)
		}
	}
	if n := len(f.server); n > 0 {
		f.problem("the ledger has %d attempts that no client made", n)
	}
	if f.cut > cuts+f.lost {
		f.problem("attempts cut before their headers were complete: client %d, ledger %d", cuts, f.cut)
	}
	problems := f.problems
	if n := f.differ - len(problems); n > 0 {
		problems = append(problems, fmt.Sprintf("and %d more", n))
	}
	f.mu.Unlock()
	for _, a := range left {
		f.sum.Attempt(&a.Attempt)
	}
	return f.replays, summary(problems)
}
