package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ratebench/ratebench/internal/machine"
	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// Bounds on what comes after a trial's clock has stopped.
const (
	drainTimeout  = 10 * time.Second
	closeTimeout  = 2 * time.Minute // a real endpoint may have many objects to remove
	verifyTimeout = 5 * time.Minute
	verifiers     = 4
	forever       = time.Duration(math.MaxInt64)
)

// RunTrial runs one trial from bringing its servers up to taking them down, and writes nothing. An error means that it
// did not take place.
func RunTrial(ctx context.Context, c Config, t Trial) (*Outcome, error) {
	target, err := c.Open(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errOpen, err)
	}
	closed := false
	shut := func() error {
		if closed {
			return nil
		}
		closed = true
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		return target.Close(end)
	}
	defer func() { _ = shut() }() // an error that matters was returned below

	s := &session{records: newRecords(target.Identify), trial: t, target: target}
	s.records.stagger, s.records.seed, s.records.warmUp = c.Stagger, t.Seed, c.WarmUp
	if c.Aggregate {
		s.records.fleet = newFleet(c)
		target.Watch(s.records.fleet.ledger)
	}
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	o := s.finish(ctx, c)
	if err := shut(); err != nil && o.Row.Status == record.TrialOK {
		o.Row.Status, o.Row.Problem = record.TrialFailed, fmt.Sprintf("taking the server side down: %v", err)
	}
	return o, nil
}

// session is a trial under way.
type session struct {
	trial   Trial
	foreign bool // the contestant is a program of its own
	target  Target
	records *records
	start   time.Time
	// What the process took of the machine, once the trial's clock has stopped.
	cpu     *float64
	shortOf string

	mu       sync.Mutex
	uploads  []Upload
	last     time.Time // the last end of an upload that is not kept
	late     int       // uploads under way when the trial ran into its timeout
	problems []string
}

// run lets the workload do its work and waits for everything that it started.
func (s *session) run(ctx context.Context, c Config) error {
	contestant := c.Contestants[s.trial.Contestant]
	if contestant == nil {
		return fmt.Errorf("no contestant is called %q", s.trial.Contestant)
	}
	_, s.foreign = contestant.(ForeignContestant)
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timeout := time.AfterFunc(forever, func() { cancel(ErrTimeout) }) // set when the clock starts
	defer timeout.Stop()
	if stack, ok := contestant.(StackContestant); ok && s.records.fleet == nil {
		contestant = watched{stack, s.records}
	}
	env := &Env{Trial: s.trial, Contestant: contestant, Target: s.target}
	var machinery *machine.Monitor // nil: time is virtual, or has not begun
	env.Begin = func() time.Time {
		if !c.Virtual {
			machinery = machine.Start()
		}
		s.start = time.Now()
		s.records.begin(s.start)
		s.target.Begin(s.start)
		if c.Timeout > 0 {
			timeout.Reset(c.Timeout)
		}
		return s.start
	}
	env.Report = func(u Upload) {
		if u.Err != nil && !u.CutOff && context.Cause(limited) == ErrTimeout {
			s.mu.Lock()
			s.late++
			s.mu.Unlock()
			u.timedOut = true
		}
		if s.records.fleet != nil {
			s.settle(limited, u)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.uploads = append(s.uploads, u)
	}
	var wires []*http.Transport
	for n := range c.Clients {
		lowest := s.target.Wire(n)
		direct := lowest != nil
		if !direct {
			wire := newWire(s.target.Dial(n), s.trial.Concurrency)
			wires = append(wires, wire)
			lowest = wire
			if c.Wire != nil {
				lowest = c.Wire(wire)
			}
		}
		if c.AttemptTimeout > 0 {
			lowest = &impatient{lowest, c.AttemptTimeout}
		}
		env.Clients = append(env.Clients, s.client(n, &recorder{wire: lowest, direct: direct, client: n, to: s.records}, c.Stagger))
	}
	err := c.Workload.Run(limited, env)
	if machinery != nil {
		s.cpu, s.shortOf = machinery.Stop()
	}
	for _, w := range wires {
		w.CloseIdleConnections()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.problems = append(s.problems, err.Error())
	}
	if s.start.IsZero() {
		return fmt.Errorf("the workload did not start: %w", err)
	}
	return nil
}

// client makes the nth client with its recorder.
func (s *session) client(n int, wire http.RoundTripper, stagger time.Duration) Client {
	c := Client{
		Ordinal: n, Trial: s.trial, Wire: wire,
		S3: s.target.S3(), Control: s.target.Control(),
		Concurrency: s.trial.Concurrency, PartSize: s.trial.PartSize,
		Rand: rand.New(rand.NewPCG(mix(s.trial.Seed, uint64(n)), s.trial.Seed)),
	}
	c.Offset = func(object, part int) time.Duration {
		if stagger <= 0 {
			return 0
		}
		return time.Duration(mix(s.trial.Seed, uint64(n), uint64(object), uint64(part)) % uint64(stagger))
	}
	if s.trial.Oracle {
		c.Forecast = clientForecast{s.target, n, s.target.Identify, c.Offset}
	}
	return c
}

// leastIdle is how many connections a pool keeps at least: calls of an open loop may overlap, and each would dial anew.
const leastIdle = 64

// newWire is a connection pool that keeps as many connections as a client has parts in flight, and decides nothing.
func newWire(dial dialFunc, concurrency int) *http.Transport {
	return &http.Transport{
		DialContext:         dial,
		MaxIdleConns:        0, // no limit beside the one per host
		MaxIdleConnsPerHost: max(leastIdle, concurrency+4),
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		// Only requests that ask for it wait; without this, they would not.
		ExpectContinueTimeout: 10 * time.Second,
	}
}

// finish stops the front servers, verifies the objects, reconciles both sides and computes the numbers.
func (s *session) finish(ctx context.Context, c Config) *Outcome {
	drain, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	if err := s.target.Drain(drain); err != nil {
		s.problems = append(s.problems, fmt.Sprintf("stopping the fault server: %v", err))
	}
	check, done := context.WithTimeout(ctx, drainTimeout)
	defer done()
	if err := s.target.Check(check); err != nil {
		s.problems = append(s.problems, fmt.Sprintf("the backend does not answer any more: %v", err))
	}
	if s.records.fleet != nil {
		return s.finishFleet(c)
	}
	objects := s.verify(ctx)
	orphans := s.orphans(ctx)
	ledger := s.target.Ledger()
	rows := s.records.take()
	replays := 0
	if s.foreign {
		rows = fromLedger(ledger)
	} else {
		var problem string
		if replays, problem = reconcile(rows, ledger); problem != "" {
			s.problems = append(s.problems, "client and ledger differ: "+problem)
		}
	}
	in := s.input(c, replays)
	slots(rows, objects)
	in.Objects, in.Ledger, in.Orphans = objects, ledger, orphans
	for _, a := range rows {
		a.Trial, a.Contestant = s.trial.Ordinal, s.trial.Contestant
		a.PartSize, a.Concurrency, a.Repeat = s.trial.PartSize, s.trial.Concurrency, s.trial.Repeat
		in.Attempts = append(in.Attempts, a.Attempt)
	}
	o := &Outcome{Attempts: in.Attempts, Ledger: ledger}
	n := metrics.Of(in)
	o.Row, o.Timeline, o.Phases, o.Detail = n.Trial, n.Timeline, n.Phases, &n.Detail
	return o
}

// input is what is known of a trial apart from its records.
func (s *session) input(c Config, replays int) metrics.Input {
	in := metrics.Input{
		Trial: s.trial.Ordinal, Contestant: s.trial.Contestant, PartSize: s.trial.PartSize, Concurrency: s.trial.Concurrency,
		Repeat: s.trial.Repeat, Seed: s.trial.Seed, WarmUpS: c.WarmUp.Seconds(), WallS: s.wall(),
		TransportReplays: replays, TimedOut: s.late, Problem: summary(s.problems),
		Phases: c.Phases, Clients: c.Clients, CPU: s.cpu, Saturated: s.shortOf,
	}
	if w, ok := c.Workload.(Counted); ok {
		in.Planned = w.Planned(c.Clients)
	}
	if c.Bound != nil && !s.foreign { // whose parts may have any size
		if bound, ok := c.Bound(s.trial); ok {
			in.BoundMiBs = &bound
		}
	}
	return in
}

// settle takes an upload of a fleet, which is a single call, and verifies it at once.
func (s *session) settle(ctx context.Context, u Upload) {
	o := s.object(u)
	if u.Err == nil {
		if err := s.target.Verify(ctx, u.Object, u.Receipt); err != nil {
			o.Problem = err.Error()
		} else {
			o.Verified = true
		}
	}
	s.mu.Lock()
	if u.Ended.After(s.last) {
		s.last = u.Ended
	}
	s.mu.Unlock()
	s.records.settle(u.Call, o)
}

// finishFleet computes the numbers of a trial whose records were added up while it happened.
func (s *session) finishFleet(c Config) *Outcome {
	replays, problem := s.records.fleet.close()
	if problem != "" {
		s.problems = append(s.problems, "client and ledger differ: "+problem)
	}
	o := new(Outcome)
	n, windows := s.records.fleet.sum.Trial(s.input(c, replays))
	o.Row, o.Timeline, o.Phases, o.Detail, o.Ledger = n.Trial, n.Timeline, n.Phases, &n.Detail, windows
	return o
}

// object is what a workload says of an object, before it is verified.
func (s *session) object(u Upload) record.Object {
	o := record.Object{
		Client: u.Object.Client, Ordinal: u.Object.Ordinal, Size: u.Object.Size, Moved: u.Object.Moved,
		StartS: u.Planned.Sub(s.start).Seconds(), EndS: u.Ended.Sub(s.start).Seconds(),
		Failed: u.Err != nil && !u.CutOff, Single: u.Call != "", TimedOut: u.timedOut,
	}
	if o.Failed {
		o.Problem, o.Reason = ErrorKind(u.Err), u.Reason // the error itself may hold a presigned URL
	}
	return o
}

// wall is the time from the trial's beginning to the last end of an upload.
func (s *session) wall() float64 {
	last := s.last
	for _, u := range s.uploads {
		if u.Ended.After(last) {
			last = u.Ended
		}
	}
	if last.IsZero() {
		return 0
	}
	return last.Sub(s.start).Seconds()
}

// verify checks every object that its contestant says is complete, past the faults.
func (s *session) verify(ctx context.Context) []record.Object {
	ctx, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	objects := make([]record.Object, len(s.uploads))
	slots := make(chan struct{}, verifiers)
	var wg sync.WaitGroup
	for i, u := range s.uploads {
		o := &objects[i]
		*o = s.object(u)
		if u.Err != nil {
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := s.target.Verify(ctx, u.Object, u.Receipt); err != nil {
				o.Problem = err.Error()
				return
			}
			o.Verified = true
		})
	}
	wg.Wait()
	return objects
}

// take hands the rows over, in the order in which they began.
func (r *records) take() []attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.rows {
		r.rows[i].count()
	}
	slices.SortFunc(r.rows, func(a, b attempt) int { // of those that began at once, always in the same order
		return cmp.Or(cmp.Compare(a.StartS, b.StartS), cmp.Compare(a.Client, b.Client), cmp.Compare(a.Call, b.Call), cmp.Compare(a.Attempt.Attempt, b.Attempt.Attempt))
	})
	return r.rows
}
