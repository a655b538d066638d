package faultserver

import (
	"cmp"
	"io"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// exchange is one attempt on its way through the rules.
type exchange struct {
	srv     *Server
	w       http.ResponseWriter
	r       *http.Request
	next    http.Handler
	conn    *conn // nil behind a foreign listener
	body    *countingBody
	now     time.Time // of arrival
	req     Request
	id      identity
	attempt int
	rule    *rule           // the rule being carried out
	paid    map[string]bool // throttle rules whose token a ticket has reserved
	row     record.LedgerRow
	// committed: the backend answered 2xx, whatever the client got to see.
	committed bool
	killed    bool // the connection was reset
}

// note writes down which fault acts. A latency before another fault keeps its place in the row.
func (x *exchange) note(fault string) {
	if x.row.Rule != "" {
		x.row.Rule += "+"
		x.row.Fault += "+"
	}
	x.row.Rule += x.rule.Name
	x.row.Fault += fault
	x.save()
}

// save writes the row as it stands into the ledger. It happens before anything goes to the client, so that whoever has
// an answer finds the decision behind it.
func (x *exchange) save() {
	x.srv.mu.Lock()
	defer x.srv.mu.Unlock()
	x.row.Trial = x.srv.trial
	*x.srv.rows[x.row.Seq-1] = x.row
}

// settle completes the row.
func (x *exchange) settle() {
	if !x.killed {
		x.row.Status = x.w.(*statusWriter).status
		x.committed = x.row.Status >= 200 && x.row.Status < 300
	}
	x.row.Committed = x.committed
	x.row.BytesIn = x.body.n
	x.row.TookS = time.Since(x.now).Seconds()
	x.save()
}

// pass lets the backend answer. A handler that returns without a word has said 200; one that panics has said nothing.
func (x *exchange) pass(w http.ResponseWriter) {
	x.next.ServeHTTP(w, x.r)
	switch w := w.(type) {
	case *statusWriter:
		w.status = cmp.Or(w.status, http.StatusOK)
	case *lostResponse:
		w.WriteHeader(http.StatusOK)
	}
}

// reset kills the connection with a RST.
func (x *exchange) reset() {
	x.killed = true
	x.settle()
	c, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection to take over; the server resets the stream
	}
	if k, ok := c.(*conn); ok {
		_ = k.reset() // the peer may be gone already
		return
	}
	if l, ok := c.(lingerer); ok {
		_ = l.SetLinger(0)
	}
	_ = c.Close()
}

// end runs in a defer, so that a backend that aborts is written down too.
func (x *exchange) end() {
	defer x.srv.done()
	if !x.killed { // else it was settled before the connection was
		x.settle()
	}
	if x.conn != nil {
		x.conn.end(x.body.eof || x.r.ContentLength >= 0 && x.body.n >= x.r.ContentLength)
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
