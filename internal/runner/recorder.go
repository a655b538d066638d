package runner

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/strategies"
)

// records collects the attempts of one trial from the recorders of all its clients.
type records struct {
	identify func(*http.Request) (op string, object, part int)
	stagger  time.Duration // see Config.Stagger
	seed     uint64
	warmUp   time.Duration

	fleet *fleet // takes the rows where none are kept; nil: they are kept

	mu    sync.Mutex
	start time.Time
	rows  []attempt
	calls map[callKey]*callState
	named map[callKey]map[string]int // numbers of calls about the same, by the request's own id
	conns map[string]int             // ordinals by local address
	next  int
}

type callKey struct {
	client int
	call   string
}

type callState struct {
	handed   time.Time // to the contestant; zero: not known
	attempts int
	ended    time.Time
	// For the fleet: how many attempts began after the warm-up, when the first of them did, and the one that succeeded; what was
	// waited between them until then; and how many followed an answer that no other attempt could change, as the last one may be.
	counted  int
	first    time.Time
	ok       bool
	okStart  time.Time
	waited   float64 // seconds
	hopeless bool
	wrong    int
}

// attempt is a row and what is needed to reconcile it.
type attempt struct {
	record.Attempt
	// handedS is when the call was handed to the contestant, if QueuedS is known.
	handedS float64
	peer    string // our address on the connection, as the server sees it
	wrote   bool   // its headers were handed to the connection
	body    *rangeBody
}

func newRecords(identify func(*http.Request) (string, int, int)) *records {
	return &records{identify: identify, calls: map[callKey]*callState{}, named: map[callKey]map[string]int{}, conns: map[string]int{}}
}

func (r *records) begin(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start = start
}

// recorder is the lowest RoundTripper, directly above the wire: what a library hides in its retry loop is seen here.
type recorder struct {
	wire   http.RoundTripper
	direct bool // the wire has no connections to trace
	client int
	to     *records
}

func (rec *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	a, r := rec.open(req)
	resp, err := rec.send(a, r)
	ended := time.Now()
	if err != nil {
		a.row.Error = ErrorKind(err)
		if a.row.Error == "other" && errors.Is(req.Context().Err(), context.Canceled) {
			a.row.Error = "canceled" // net/http hands on why the client called it off, such as another part that failed
		}
	} else {
		a.row.Status = resp.StatusCode
		if d, ok := strategies.ParseRetryAfter(resp.Header.Values("Retry-After"), ended); ok {
			s := d.Seconds()
			a.row.RetryAfterS = &s
		}
		if resp.StatusCode >= 400 {
			a.row.Code = s3Code(resp)
		}
		if rec.to.fleet == nil && bringsRange(a.row.Op, req, resp) {
			a.row.body = newRangeBody(req, resp, ended)
		}
	}
	rec.close(a, ended)
	return resp, err
}

// CloseIdleConnections lets a library that closes idle connections after a failure do so: it costs the others theirs.
func (rec *recorder) CloseIdleConnections() { closeIdle(rec.wire) }

func closeIdle(wire http.RoundTripper) {
	if c, ok := wire.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// send hands the attempt to the wire, at its time.
func (rec *recorder) send(a *opened, r *http.Request) (*http.Response, error) {
	if rec.direct {
		return after(time.Until(a.started), rec.wire, r)
	}
	return rec.wire.RoundTrip(r)
}

// opened is an attempt under way.
type opened struct {
	row     attempt
	state   *callState
	started time.Time
	sent    atomic.Int64
	mu      sync.Mutex // guards what the trace sets: net/http may call it after RoundTrip has returned
	peer    string
	reused  bool
	wrote   bool
	// When a connection was had, the last if there were several, and when the request had been written on it.
	had, written time.Time
	paused       time.Time // since then it waits for leave to send its body
}

func (a *opened) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.peer, a.reused, a.wrote = i.Conn.LocalAddr().String(), i.Reused, false
			a.had, a.written, a.paused = time.Now(), time.Time{}, time.Time{}
		},
		Wait100Continue: func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.paused = time.Now()
		},
		Got100Continue: func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.paused = time.Time{}
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.written = time.Now()
		},
		WroteHeaders: func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.wrote = true
		},
	}
}

// wireTimes fills in how long it took to get a connection and to send; the caller holds mu.
func (a *opened) wireTimes(ended time.Time) {
	between := func(from, to time.Time) *float64 {
		s := max(0, to.Sub(from).Seconds())
		return &s
	}
	if a.had.IsZero() {
		a.row.ConnectionS = between(a.started, ended) // all that it did was waiting for one
		return
	}
	a.row.ConnectionS = between(a.started, earliest(a.had, ended))
	a.row.SendingS = between(a.had, earliest(ended, a.written, a.paused))
}

// earliest is the first of the times that are not zero.
func earliest(t time.Time, more ...time.Time) time.Time {
	for _, m := range more {
		if !m.IsZero() && m.Before(t) {
			t = m
		}
	}
	return t
}

func (rec *recorder) open(req *http.Request) (*opened, *http.Request) {
	op, call := rec.to.nameOf(rec.client, req)
	a := &opened{}
	a.row.Client, a.row.Op, a.row.Call = rec.client, op, call

	ctx := req.Context()
	if !rec.direct {
		ctx = httptrace.WithClientTrace(ctx, a.trace())
	}
	r := req.WithContext(ctx)
	r.Header = req.Header.Clone()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if req.Body != nil && req.Body != http.NoBody {
		r.Body = &countedBody{req.Body, &a.sent}
		if req.GetBody != nil {
			r.GetBody = func() (io.ReadCloser, error) {
				b, err := req.GetBody()
				return &countedBody{b, &a.sent}, err
			}
		}
	}

	rec.to.mu.Lock()
	key := callKey{rec.client, a.row.Call}
	a.state = rec.to.calls[key]
	if a.state == nil {
		a.state = &callState{}
		rec.to.calls[key] = a.state
	}
	a.state.attempts++
	a.row.Attempt.Attempt = a.state.attempts
	rec.to.mu.Unlock()
	later := rec.offset(&a.row)
	if !rec.direct {
		time.Sleep(later)
		later = 0
	}

	rec.to.mu.Lock()
	defer rec.to.mu.Unlock()
	rec.to.next++
	a.row.ID = strconv.Itoa(rec.client) + "-" + strconv.Itoa(rec.to.next)
	r.Header.Set(record.AttemptHeader, a.row.ID)
	a.started = time.Now().Add(later)
	if a.started.Sub(rec.to.start) >= rec.to.warmUp {
		if a.state.counted++; a.state.counted == 1 {
			a.state.first = a.started
		}
		if a.state.hopeless {
			a.state.wrong++
		}
	}
	if h := a.state.handed; !h.IsZero() && a.row.Attempt.Attempt == 1 {
		queued := max(0, a.started.Sub(h).Seconds())
		a.row.QueuedS, a.row.handedS = &queued, h.Sub(rec.to.start).Seconds()
	}
	if !a.state.ended.IsZero() {
		a.row.WaitedS = max(0, a.started.Sub(a.state.ended).Seconds())
		if !a.state.ok {
			a.state.waited += a.row.WaitedS
		}
	}
	return a, r
}

// offset is an attempt's share of the stagger.
func (rec *recorder) offset(row *attempt) time.Duration {
	if rec.to.stagger <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, row.Call) // a hash takes everything
	return time.Duration(mix(rec.to.seed, h.Sum64(), uint64(row.Client), uint64(row.Attempt.Attempt)) % uint64(rec.to.stagger))
}

func (rec *recorder) close(a *opened, ended time.Time) {
	a.mu.Lock()
	a.row.peer, a.row.Reused, a.row.wrote = a.peer, a.reused, a.wrote
	if !rec.direct {
		a.wireTimes(ended)
	}
	a.mu.Unlock()
	a.row.Bytes = a.sent.Load()
	a.row.TookS = max(0, ended.Sub(a.started).Seconds()) // it may have ended before it was due to begin

	if rec.to.fleet != nil {
		rec.to.mu.Lock()
		a.row.StartS = a.started.Sub(rec.to.start).Seconds()
		a.state.ended = ended
		if a.row.Status/100 == 2 && !a.state.ok {
			a.state.ok, a.state.okStart = true, a.started
		}
		a.state.hopeless = metrics.Hopeless(a.row.Status, a.row.Code)
		rec.to.mu.Unlock()
		rec.to.fleet.attempt(&a.row)
		return
	}
	rec.to.mu.Lock()
	defer rec.to.mu.Unlock()
	a.state.ended = ended
	a.row.StartS = a.started.Sub(rec.to.start).Seconds()
	if a.row.peer != "" {
		n, ok := rec.to.conns[a.row.peer]
		if !ok {
			n = len(rec.to.conns) + 1
			rec.to.conns[a.row.peer] = n
		}
		a.row.Connection = n
	}
	rec.to.rows = append(rec.to.rows, a.row)
}

// settle hands a call over that has ended, with the object that it brought, and forgets it.
func (r *records) settle(call string, o record.Object) {
	r.mu.Lock()
	key := callKey{o.Client, call}
	s := r.calls[key]
	delete(r.calls, key)
	start := r.start
	r.mu.Unlock()
	if s == nil { // no attempt was made
		s = &callState{}
	}
	op, _, _ := record.ParseCall(call)
	r.fleet.sum.Call(metrics.Call{
		Object: o, Attempts: s.counted, Succeeded: s.ok, FirstS: s.first.Sub(start).Seconds(), WaitedS: s.waited, Hopeless: s.wrong,
		Download: op == ops.GetObject,
		OKStartS: s.okStart.Sub(start).Seconds(), OKEndS: s.ended.Sub(start).Seconds(), LastEndS: s.ended.Sub(start).Seconds(),
	})
}

// countedBody counts the bytes that the wire takes.
type countedBody struct {
	io.ReadCloser
	sent *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.sent.Add(int64(n))
	return n, err
}
