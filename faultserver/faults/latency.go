package faults

import (
	"io"
	"math"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Latency delays a request or its answer. How long is decided by identity.
type Latency struct {
	Add units.Duration `yaml:"add,omitempty" json:"add,omitempty" jsonschema:"description=Delay added to each matching request."`
	// Jitter adds up to this much more, uniformly, or spreads a normal distribution.
	Jitter       units.Duration `yaml:"jitter,omitempty" json:"jitter,omitempty" jsonschema:"description=Up to this much more. Uniform."`
	Distribution `yaml:",inline"`
	// At is start (default: before the request is handled), continue (before the body is asked for), first_byte (before
	// the answer begins), between_chunks (before each further piece of it) or complete (before its last piece).
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"description=Where the delay is: before the handling or the body or the answer or each further piece of the answer or its last one.,enum=start,enum=continue,enum=first_byte,enum=between_chunks,enum=complete,default=start"`
	// Correlation is how much of the delay all requests of the same second of the trial have in common, 0 to 1: slow
	// requests then come together, as they do in life. The second's share is a function of seed and rule, so it is the same
	// for everybody. (A chain over successive requests, as netem's, would depend on the order of arrival.)
	Correlation units.Share `yaml:"correlation,omitempty" json:"correlation,omitempty" jsonschema:"description=How much of the delay all requests of the same second have in common. The spread stays as it is."`
}

// Defaults implements Config.
func (c *Latency) Defaults() {
	def(&c.At, "start")
	c.Distribution.defaults()
}

// New implements Config.
func (c *Latency) New(env Env) (Fault, error) {
	q, err := c.quantile(c.Add.D(), c.Jitter.D())
	return &latency{*c, env, q}, err
}

type latency struct {
	Latency
	env      Env
	quantile func(float64) float64
}

// delay draws the nth delay of an attempt.
func (f *latency) delay(host Host, arrived time.Time, n byte) time.Duration {
	u := host.Dice(n)
	if f.Correlation > 0 { // a Gaussian copula: the parts mix, and the sum is spread as if there were one
		rho := float64(f.Correlation)
		common := timeDice(f.env, int64(host.Since(arrived)/time.Second))
		u = cumulative(math.Sqrt(rho)*normal(common) + math.Sqrt(1-rho)*normal(u))
	}
	d := f.quantile(u)
	if math.IsNaN(d) || d < 0 {
		return 0
	}
	return time.Duration(min(d, float64(f.Max)))
}

func (f *latency) Act(x *Exchange) bool {
	x.Note("latency")
	host := x.Host // another rule may be acting by the time of the wait
	wait := func() bool { return host.Wait(f.delay(host, x.Arrived, 1)) }
	switch f.At {
	case "continue":
		x.R.Body = &lateBody{ReadCloser: x.R.Body, wait: wait}
	case "first_byte":
		x.changeHeader(func(int, http.Header) { wait() })
	case "between_chunks":
		w := &pieces{ResponseWriter: x.W}
		w.before = func(n int) bool { return n == 0 || host.Wait(f.delay(host, x.Arrived, byte(n))) }
		x.W = w
	case "complete":
		x.holdLast(wait)
	default:
		wait()
	}
	return false
}

// lateBody waits before it is read for the first time, which is when the server asks a client for it.
type lateBody struct {
	io.ReadCloser
	wait  func() bool
	began bool
}

func (b *lateBody) Read(p []byte) (int, error) {
	if !b.began {
		b.began = true
		if !b.wait() {
			return 0, errCut
		}
	}
	return b.ReadCloser.Read(p)
}

// pieces calls before each piece of an answer, with its number from 0, and sends it at once.
type pieces struct {
	http.ResponseWriter
	before func(n int) bool
	n      int
}

func (w *pieces) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *pieces) Write(p []byte) (int, error) {
	if !w.before(w.n) {
		return 0, errCut
	}
	w.n++
	n, err := w.ResponseWriter.Write(p)
	if err == nil {
		err = http.NewResponseController(w.ResponseWriter).Flush()
	}
	return n, err
}

// holdLast holds the last piece of the answer back until wait has returned, once the backend is done.
func (x *Exchange) holdLast(wait func() bool) {
	w := &held{ResponseWriter: x.W}
	x.W = w
	x.Host.After(func() {
		if wait() {
			_ = w.release() // an error here means that the client has gone
		}
	})
}

// held always keeps the last byte that it was given.
type held struct {
	http.ResponseWriter
	last [1]byte
	some bool
}

func (w *held) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *held) release() error {
	if !w.some {
		return nil
	}
	w.some = false
	_, err := w.ResponseWriter.Write(w.last[:])
	return err
}

func (w *held) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := w.release(); err != nil {
		return 0, err
	}
	w.last[0], w.some = p[len(p)-1], true
	n, err := w.ResponseWriter.Write(p[:len(p)-1])
	if err == nil {
		n++
	}
	return n, err
}
