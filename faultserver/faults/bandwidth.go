package faults

import (
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ratebench/ratebench/internal/units"
)

// Bandwidth limits how fast bodies go by, all those together that share a scope. Headers are not counted.
type Bandwidth struct {
	Rate units.Bandwidth `yaml:"rate" json:"rate" jsonschema:"description=How fast bodies go by."`
	// Burst may go by at once after a rest. Zero: what Rate gives in 20 ms.
	Burst units.Size `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=How much may go by at once after a rest. Left out: what the rate gives in 20 ms."`
	// Direction is both (default; each has the rate for itself), up (requests) or down (answers).
	Direction string `yaml:"direction,omitempty" json:"direction,omitempty" jsonschema:"description=up is of requests and down of answers. Each has the rate for itself.,enum=both,enum=up,enum=down,default=both"`
	Scope     string `yaml:"scope,omitempty" json:"scope,omitempty" jsonschema:"description=What shares the rate.,enum=all,enum=client,enum=connection,enum=key,enum=prefix,enum=upload,default=all"`
}

// Defaults implements Config.
func (c *Bandwidth) Defaults() {
	def(&c.Burst, units.Size(max(1, c.Rate/50)))
	def(&c.Direction, "both")
	def(&c.Scope, ScopeAll)
}

// New implements Config.
func (c *Bandwidth) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "0 would let nothing through: write a bandwidth such as 10MiB/s")
	}
	return &bandwidth{Bandwidth: *c, pipes: newStates[pipes]()}, nil
}

type bandwidth struct {
	Bandwidth
	mu    sync.Mutex
	pipes *states[pipes]
}

// pipes are the two directions of a scope. They are made when they are first needed.
type pipes struct{ up, down *rate.Limiter }

func (f *bandwidth) Act(x *Exchange) bool {
	x.Note("bandwidth")
	f.mu.Lock()
	p := f.pipes.get(x.ScopeKey(f.Scope))
	if p.up == nil {
		p.up = rate.NewLimiter(rate.Limit(f.Rate), int(f.Burst))
		p.down = rate.NewLimiter(rate.Limit(f.Rate), int(f.Burst))
	}
	f.mu.Unlock()
	if f.Direction != "down" {
		x.R.Body = &narrowBody{x.R.Body, narrow{p.up, x.Host.Wait}}
	}
	if f.Direction != "up" {
		x.W = &narrowAnswer{x.W, narrow{p.down, x.Host.Wait}}
	}
	return false
}

// narrow lets so many bytes pass in a time.
type narrow struct {
	limit *rate.Limiter
	wait  func(time.Duration) bool
}

// pay waits until n bytes, at most a burst, may go by.
func (w narrow) pay(n int) error {
	if n > 0 {
		if d := w.limit.ReserveN(time.Now(), n).Delay(); d > 0 && !w.wait(d) {
			return errCut
		}
	}
	return nil
}

type narrowBody struct {
	io.ReadCloser
	narrow
}

func (b *narrowBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.limit.Burst())])
	if perr := b.pay(n); perr != nil {
		return 0, perr
	}
	return n, err
}

type narrowAnswer struct {
	http.ResponseWriter
	narrow
}

func (w *narrowAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *narrowAnswer) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		piece := p[:min(len(p), w.limit.Burst())]
		if err := w.pay(len(piece)); err != nil {
			return n, err
		}
		m, err := w.ResponseWriter.Write(piece)
		n += m
		if err != nil {
			return n, err
		}
		p = p[m:]
	}
	return n, nil
}

// Capacity implements Bounding.
func (c *Bandwidth) Capacity() Capacity {
	if c.Direction == "down" {
		return Capacity{}
	}
	return Capacity{Scope: c.Scope, Bytes: true, Allows: func(t time.Duration) float64 {
		return float64(c.Burst) + float64(c.Rate)*t.Seconds()
	}}
}
