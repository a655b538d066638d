package connector

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
)

// countAttempts returns a context in which the attempts of a request are counted, whichever layers of a stack make them: net/http asks for a connection
// once for each. A stack without net/http below is not seen into, and n stays 0.
func countAttempts(ctx context.Context) (_ context.Context, n *atomic.Int64) {
	n = new(atomic.Int64)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { n.Add(1) }}), n
}

// afterAttempts says how many attempts an error comes after, where that is known. Its text is the error's.
func afterAttempts(n int64, err error) error {
	if err == nil || n < 1 {
		return err
	}
	return &repeated{err, int(n), 0}
}

// repeated is the error of a request that has been tried so often.
type repeated struct {
	error
	attempts int
	refused  int // those before the last that were refused for their token, and so not carried out
}

func (r *repeated) Unwrap() error { return r.error }

// attemptsOf is how many attempts an error comes after, at least 1.
func attemptsOf(err error) int {
	if r, ok := errors.AsType[*repeated](err); ok {
		return r.attempts
	}
	return 1
}

// surelyOnce says of an error that the request before it was tried once and no more, but for what was refused: what it says of the state of things is not of the request's own making.
func surelyOnce(err error) bool {
	r, ok := errors.AsType[*repeated](err)
	return ok && r.attempts-r.refused == 1
}

// spent is what has been spent on one thing: a part, a call, a creation. The stack's attempts count as well as the Connector's own, so that
// two layers that both try again do not multiply. The zero value has spent nothing.
type spent struct {
	rounds   int // of the Connector's own
	attempts int // of all layers
}

// on charges a round that failed, and says whether there may be another one where none is begun after so many attempts. It is no bound for them: nobody knows before
// how many the stack will make in a round.
func (s *spent) on(err error, most int) bool {
	s.rounds++
	s.attempts += attemptsOf(err)
	return s.attempts < most
}
