package contestants

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// The oracle retries at once, but a server that is gone must not make it fill the disk with records: after oraclePatience
// failures in a row it pauses before each attempt, 1 ms at first, at most oraclePauseCap, and after oracleAttempts it
// takes the last answer. That is two seconds without a success; faults with a chance of 90 % last that long once in 40,000
// requests, and outages are waited for.
const (
	oraclePatience = 8
	oraclePauseCap = 20 * time.Millisecond
	oracleAttempts = 100
)

func newOracle(name string, _ values) (runner.Contestant, error) {
	return &stack{name, func(c runner.Client) []transport.Layer {
		return []transport.Layer{func(next http.RoundTripper) http.RoundTripper {
			return &oracle{next: next, plan: c.Forecast}
		}}
	}}, nil
}

// oracle asks before every attempt when it may be sent, and retries until it passes, the plan says that it never will,
// the server seems to be gone, or the context ends.
type oracle struct {
	next http.RoundTripper
	plan runner.Forecaster
}

// RoundTrip implements http.RoundTripper.
func (o *oracle) RoundTrip(req *http.Request) (*http.Response, error) {
	send := *req
	for attempt := 1; ; attempt++ {
		hopeless, err := o.prepare(req, &send, attempt)
		if err != nil {
			if send.Body != nil {
				send.Body.Close()
			}
			return nil, err
		}
		resp, err := o.next.RoundTrip(&send)
		if hopeless || attempt >= oracleAttempts || !passing(resp, err) || !transport.CanReplay(req) || req.Context().Err() != nil {
			return resp, err
		}
		transport.Discard(resp)
		send = *req
		if req.GetBody != nil {
			if send.Body, err = req.GetBody(); err != nil {
				return nil, fmt.Errorf("oracle: reading the body anew for attempt %d failed: %w", attempt+1, err)
			}
		}
	}
}

// passing reports whether an outcome may be another one next time.
func passing(resp *http.Response, err error) bool {
	switch strategies.KindOf(err) {
	case strategies.NoError:
		return resp.StatusCode == 408 || resp.StatusCode == 429 || resp.StatusCode >= 500
	case strategies.Timeout, strategies.Network, strategies.EarlyClose:
		return true
	}
	return false
}

// prepare waits until the server's plan lets an attempt through, and marks it with the reservation. hopeless says that
// the plan lets none through, ever.
func (o *oracle) prepare(req, send *http.Request, attempt int) (hopeless bool, err error) {
	if o.plan == nil {
		return false, errors.New("oracle: there is no forecast to go by; only a server that knows its own plan can give one")
	}
	if err := pause(req, oraclePause(attempt)); err != nil {
		return false, err
	}
	wait, header := o.plan.Forecast(time.Now(), req)
	for wait > 0 && len(header) == 0 { // an outage; who will have a token after it is not settled yet
		if err := pause(req, wait); err != nil {
			return false, err
		}
		wait, header = o.plan.Forecast(time.Now(), req)
	}
	if len(header) > 0 {
		send.Header = maps.Clone(req.Header)
		if send.Header == nil {
			send.Header = http.Header{}
		}
		maps.Copy(send.Header, header)
	}
	return wait < 0, pause(req, wait)
}

func oraclePause(attempt int) time.Duration {
	if attempt <= oraclePatience {
		return 0
	}
	return strategies.Exponential{Base: time.Millisecond, Cap: oraclePauseCap}.Wait(attempt-oraclePatience-1, nil)
}

func pause(req *http.Request, d time.Duration) error {
	ctx := req.Context()
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("oracle: the context ended before the next attempt: %w", err)
	}
	return nil
}
