package faultserver

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

// rule is a Rule made ready to act.
type rule struct {
	Rule
	fault      faults.Fault
	kind       *faults.Kind
	windows    atomic.Pointer[[]window]
	conditions []condition
	hash       uint64         // of the name, for the dice
	mixed      uint64         // what a roll without salt mixes with
	below      uint64         // a roll has to be below this, in 2^-53; for When.Probability
	hinting    faults.Hinting // the fault, if it gives hints
	plain      bool           // Match asks for nothing but the request's meaning
	timed      bool           // When is bound to a part of the trial's time

	arrivals                atomic.Int64 // for When.Every
	matched, acted, shadows atomic.Int64

	mu     sync.Mutex // guards the caps
	active int
	total  int
	each   *counter
}

// compile checks a rule and makes it ready. s is nil where a rule is only looked at.
func (s *Server) compile(r Rule, phases []Phase, env faults.Env) (*rule, error) {
	c := &rule{Rule: r, hash: hashName(r.Name), each: newCounter(1 << 16)}
	c.plain, c.timed = r.Match.meaningOnly(), r.When.timed()
	c.mixed, c.below = mix(c.hash), uint64(math.Ceil(float64(r.When.Probability)*(1<<53)))
	env.Rule = r.Name
	fail := func(where string, err error) (*rule, error) {
		return nil, fmt.Errorf("fault rule %q: %s%w", r.Name, where, err)
	}
	w, err := r.When.windows(phases)
	if err != nil {
		return fail("", err)
	}
	c.windows.Store(&w)
	if err := r.Match.check(); err != nil {
		return fail("match.", err)
	}
	if c.conditions, err = s.conditions(&r, env); err != nil {
		return fail("when.", err)
	}
	if c.fault, c.kind, err = c.Do.New(env); err != nil {
		return fail("", err)
	}
	if h, ok := c.fault.(faults.Hinting); ok && h.Hints() {
		c.hinting = h
	}
	if err := r.checkConnections(); err != nil {
		return fail("", err)
	}
	return c, nil
}

// conditions makes the stateful parts of a schedule.
func (s *Server) conditions(r *Rule, env faults.Env) (out []condition, err error) {
	w := &r.When
	seed := mix(env.Seed ^ hashName(r.Name))
	if strings.Trim(w.Script, "x.") != "" {
		return nil, faults.Wrong("script", "%q is no script: write x where it acts and . where it does not", w.Script)
	}
	if w.Periodic != nil {
		out = append(out, &periodic{*w.Periodic, seed})
		err = errors.Join(err, w.Periodic.check())
	}
	if w.Burst != nil {
		out = append(out, &burst{Burst: *w.Burst, seed: seed})
		err = errors.Join(err, w.Burst.check())
	}
	if w.Markov != nil {
		m, merr := newMarkov(*w.Markov, seed)
		out = append(out, m)
		err = errors.Join(err, merr)
	}
	if w.Trigger != nil {
		t := &trigger{Trigger: *w.Trigger}
		if s != nil {
			t.load = s.load
		}
		out = append(out, t)
		err = errors.Join(err, w.Trigger.check())
	}
	if w.Replay != nil {
		p, perr := newReplay(*w.Replay, r.Name)
		if perr == nil && s != nil {
			p.identify = func(x *faults.Exchange) identity {
				id, _ := s.identify(x.Req, x.Row.ID)
				return id
			}
		}
		out = append(out, p)
		err = errors.Join(err, perr)
	}
	if err != nil {
		return nil, firstParam(err)
	}
	return out, nil
}

// firstParam is the first ParamError of joined ones, so that it can be put in its place.
func firstParam(err error) error {
	var p *faults.ParamError
	if errors.As(err, &p) {
		return p
	}
	return err
}

// Check finds what is wrong with a rule's match and schedule, as far as the rule itself says it. Its error is a
// *faults.ParamError, with a dotted path that begins with match or when.
func (r *Rule) Check() error {
	var p *faults.ParamError
	if err := r.Match.check(); errors.As(err, &p) {
		return faults.Wrong("match."+p.Param, "%s", p.Message)
	}
	if _, err := (*Server)(nil).conditions(r, faults.Env{}); errors.As(err, &p) {
		return faults.Wrong("when."+p.Param, "%s", p.Message)
	}
	return r.checkConnections()
}

// checkConnections finds conditions that cannot be asked of connections.
func (r *Rule) checkConnections() error {
	before := r.AcceptClose != nil || r.MaxConnections != nil || r.TLS != nil || r.Blackhole != nil && r.Blackhole.At == "accept" ||
		r.Reset != nil && r.Reset.Early() || r.Fin != nil && r.Fin.Early()
	closed := r.Refuse != nil || r.Restart != nil
	if (before || closed) && !reflect.ValueOf(r.Match).IsZero() {
		return faults.Wrong("match", "rule %s acts before a request is known: remove match", r.Name)
	}
	if w := r.When; closed && (w.Probability > 0 || w.First > 0 || w.Every > 0 || len(w.Attempts) > 0 || !w.byState() || r.Shadow) {
		return faults.Wrong("when", "rule %s closes the port, which goes by time alone: write from, to or phase", r.Name)
	}
	if before && r.When.Replay != nil {
		return faults.Wrong("when.replay", "a ledger has no attempts of connections: remove replay")
	}
	return nil
}

// matches reports whether the rule is about a request, as far as its meaning tells.
func (r *rule) matches(q *ops.Request) bool { return r.Match.request(q) }

// enter counts the rule in on an attempt, unless a cap is reached.
func (r *rule) enter(id identity) bool {
	if r.MaxActive == 0 && r.MaxTotal == 0 && r.MaxPerIdentity == 0 {
		r.acted.Add(1)
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.MaxActive > 0 && r.active >= r.MaxActive || r.MaxTotal > 0 && r.total >= r.MaxTotal ||
		r.MaxPerIdentity > 0 && r.each.get(id) >= r.MaxPerIdentity {
		return false
	}
	r.acted.Add(1)
	r.active++
	r.total++
	r.each.add(id)
	return true
}

// leave ends what enter began; undo: the rule did nothing after all.
func (r *rule) leave(id identity, undo bool) {
	if undo {
		r.acted.Add(-1)
	}
	if r.MaxActive == 0 && r.MaxTotal == 0 && r.MaxPerIdentity == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.active--
	if undo {
		r.total--
		r.each.undo(id)
	}
}
