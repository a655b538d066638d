package faultserver

import (
	"cmp"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/record"
)

// exchange is one attempt on its way through the rules. It is one piece of memory, for speed; a backend may hold on to
// parts of it, so it is not used again.
type exchange struct {
	faults.Exchange
	srv    *Server
	next   http.Handler
	conn   *conn         // nil behind a foreign listener
	at     time.Duration // of arrival, in the trial's time
	status statusWriter
	body   countingBody
	inner  http.Request
	id     identity
	hash   uint64   // of identity and attempt, for the dice
	rules  *[]*rule // those there were when the attempt came
	rule   *rule    // the rule being carried out
	took   time.Duration
	paid   map[string]bool // rules for which a ticket has reserved what the attempt needs
	row    record.LedgerRow
	after  []func()
	// committed: the backend answered 2xx, whatever the client got to see.
	committed bool
	killed    bool // the connection was ended
	raw       int  // status that a client may read in raw bytes
	// cut: the server was stopped while a fault held the attempt back. Bodies may be read by another goroutine.
	cut atomic.Bool
}

var _ faults.Host = (*exchange)(nil)

// digest is computed when the first rule asks for it.
func (x *exchange) digest() uint64 {
	if x.hash == 0 {
		x.hash = digest(x.srv.seed.Load(), x.id, x.Attempt)
	}
	return x.hash
}

// acting is the host of one rule during an attempt. A fault that does something later, when the answer is written say,
// keeps it, since another rule may be acting by then.
type acting struct {
	*exchange
	rule  *rule
	noted bool
}

// Dice implements faults.Host.
func (a *acting) Dice(salt byte) float64 { return dice(a.digest(), a.rule.hash, salt) }

// Note implements faults.Host. A delay before another fault keeps its place in the row.
func (a *acting) Note(fault string) {
	a.noted = true
	if a.row.Rule != "" {
		a.row.Rule += "+"
		a.row.Fault += "+"
	}
	a.row.Rule += a.rule.Name
	a.row.Fault += fault
	a.Save()
}

// shadow writes down that a rule would have acted.
func (x *exchange) shadow(rule string) {
	if x.row.Shadow != "" {
		x.row.Shadow += "+"
	}
	x.row.Shadow += rule
	x.Save()
}

// Dice implements faults.Host, for a forecast in which no rule acts.
func (x *exchange) Dice(byte) float64 { return 0 }

// Note implements faults.Host, likewise.
func (x *exchange) Note(string) {}

// Save implements faults.Host.
func (x *exchange) Save() {
	if x.srv.ledger.sink != nil {
		return // rows are handed on when they are complete
	}
	x.srv.mu.Lock()
	defer x.srv.mu.Unlock()
	x.srv.ledger.save(&x.row)
}

// settle completes the row.
func (x *exchange) settle() {
	x.row.Status = cmp.Or(x.raw, x.status.status)
	x.row.Committed = x.committed
	x.row.BytesIn = x.body.n
	x.took = time.Since(x.Arrived)
	x.row.TookS = x.took.Seconds()
	x.Save()
}

// Pass implements faults.Host. A handler that returns without a word has said 200; one that panics has said nothing.
func (x *exchange) Pass(w http.ResponseWriter) {
	if x.cut.Load() {
		panic(http.ErrAbortHandler) // nobody waits for an answer any more
	}
	x.next.ServeHTTP(w, x.R)
	s := x.statusOf(w)
	*s = cmp.Or(*s, http.StatusOK)
	x.committed = *s >= 200 && *s < 300
}

// statusOf finds where the status that the backend gave is kept.
func (x *exchange) statusOf(w http.ResponseWriter) *int {
	for {
		switch v := w.(type) {
		case *statusWriter:
			return &v.status
		case *faults.Captured:
			return &v.Status
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return &x.status.status
		}
	}
}

// Lost implements faults.Host.
func (x *exchange) Lost() http.ResponseWriter {
	return &statusWriter{ResponseWriter: nowhere{}}
}

// nowhere is a client that is not there.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// After implements faults.Host.
func (x *exchange) After(f func()) { x.after = append(x.after, f) }

// Kill implements faults.Host.
func (x *exchange) Kill(rst bool) { x.kill(rst, nil) }

// Raw implements faults.Host.
func (x *exchange) Raw(status int, b []byte) {
	x.raw = status
	x.kill(false, b)
}

// HalfClose implements faults.Host.
func (x *exchange) HalfClose(d time.Duration) {
	x.killed = true
	x.settle()
	client := http.NewResponseController(&x.status)
	_ = client.Flush() // taking the connection over would drop what is buffered
	c, _, err := client.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer c.Close()
	k, ok := c.(*conn)
	if !ok {
		return
	}
	k.closeWrite()
	_ = c.SetReadDeadline(time.Now().Add(d))
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, c)
	}()
	select {
	case <-read:
	case <-x.srv.stopped:
		_ = c.Close()
		<-read
	}
}

// kill ends the connection after some last bytes. The row is settled first, so that whoever sees the connection end finds
// it complete.
func (x *exchange) kill(rst bool, last []byte) {
	x.killed = true
	x.settle()
	client := http.NewResponseController(&x.status)
	if x.status.status != 0 {
		_ = client.Flush() // taking the connection over would drop what is buffered
	}
	c, buf, err := client.Hijack()
	if err != nil { // HTTP/2 has no connection to take over
		if x.conn != nil && rst {
			_ = x.conn.reset()
		}
		panic(http.ErrAbortHandler)
	}
	_, _ = buf.Write(last)
	_ = buf.Flush() // the peer may be gone already
	k, ours := c.(*conn)
	switch {
	case ours && rst:
		_ = k.reset()
	case ours:
		k.finish()
	default:
		if l, ok := c.(lingerer); ok && rst {
			_ = l.SetLinger(0)
		}
		_ = c.Close()
	}
}

// Wait implements faults.Host.
func (x *exchange) Wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-x.R.Context().Done():
		return false
	case <-x.srv.stopped:
		x.cut.Store(true)
		return false
	}
}

// Stopped implements faults.Host.
func (x *exchange) Stopped() <-chan struct{} { return x.srv.stopped }

// Since implements faults.Host.
func (x *exchange) Since(t time.Time) time.Duration { return x.srv.sinceStart(t) }

// end runs in a defer, so that a backend that aborts is written down too.
func (x *exchange) end() {
	defer func() { x.srv.done(x.at+x.took, x.status.status) }()
	for len(x.after) > 0 {
		f := x.after[len(x.after)-1]
		x.after = x.after[:len(x.after)-1]
		f()
	}
	if !x.killed { // else it was settled before the connection was
		x.settle()
	}
	if sink := x.srv.ledger.sink; sink != nil {
		sink(&x.row)
	}
	if x.conn != nil {
		x.conn.end(x.body.eof || x.R.ContentLength >= 0 && x.body.n >= x.R.ContentLength)
	}
}

// statusWriter remembers the status; zero: nothing was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 && status >= 200 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// ReadFrom keeps the backend's downloads on the fast path.
func (s *statusWriter) ReadFrom(r io.Reader) (int64, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return io.Copy(s.ResponseWriter, r)
}

// countingBody counts what was read of a request's body.
type countingBody struct {
	io.ReadCloser
	n   int64
	eof bool
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	if err == io.EOF {
		b.eof = true
	}
	return n, err
}
