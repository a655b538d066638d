package runner

import (
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// watched is a stack that tells when calls are handed to it: what its own layers make them wait, before their first attempt, is
// seen nowhere else.
type watched struct {
	StackContestant
	to *records
}

// RoundTripper implements StackContestant.
func (w watched) RoundTripper(c Client) http.RoundTripper {
	return &entrance{next: w.StackContestant.RoundTripper(c), client: c.Ordinal, to: w.to}
}

// entrance stands above a stack, as the recorder does below it.
type entrance struct {
	next   http.RoundTripper
	client int
	to     *records
}

// RoundTrip implements http.RoundTripper.
func (e *entrance) RoundTrip(req *http.Request) (*http.Response, error) {
	_, call := e.to.nameOf(e.client, req)
	key := callKey{e.client, call}
	e.to.mu.Lock()
	s := e.to.calls[key]
	if s == nil {
		s = &callState{}
		e.to.calls[key] = s
	}
	if s.handed.IsZero() {
		s.handed = time.Now()
	}
	e.to.mu.Unlock()
	return e.next.RoundTrip(req)
}

// CloseIdleConnections goes on to the stack.
func (e *entrance) CloseIdleConnections() { closeIdle(e.next) }

// slots fills in how long parts, and single calls, waited from their object's start until they were handed over.
func slots(rows []attempt, objects []record.Object) {
	type key struct{ client, ordinal int }
	byKey := map[key]*record.Object{}
	for i := range objects {
		byKey[key{objects[i].Client, objects[i].Ordinal}] = &objects[i]
	}
	for i := range rows {
		a := &rows[i]
		if a.QueuedS == nil {
			continue
		}
		op, ordinal, _ := record.ParseCall(a.Call)
		if o := byKey[key{a.Client, ordinal}]; o != nil && (o.Single || metrics.Brings(op)) {
			s := max(0, a.handedS-o.StartS)
			a.SlotS = &s
		}
	}
}
