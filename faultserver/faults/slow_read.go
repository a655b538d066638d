package faults

import (
	"io"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// SlowRead reads the request's body slowly, so that the client's buffers fill and its writes hang.
type SlowRead struct {
	Rate units.Bandwidth `yaml:"rate" json:"rate" jsonschema:"description=How fast the body is read."`
}

// Defaults implements Config.
func (*SlowRead) Defaults() {}

// New implements Config.
func (c *SlowRead) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "0 would read nothing: write a bandwidth such as 1MiB/s")
	}
	return slowRead{*c}, nil
}

type slowRead struct{ SlowRead }

func (f slowRead) Act(x *Exchange) bool {
	x.Note("slow_read")
	x.R.Body = &slowBody{ReadCloser: x.R.Body, rate: float64(f.Rate), wait: x.Host.Wait}
	return false
}

// slowBody paces reads by the bytes so far, so that short waits that come late are made up for.
type slowBody struct {
	io.ReadCloser
	rate  float64 // bytes per second
	wait  func(time.Duration) bool
	start time.Time
	read  int64
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.start.IsZero() {
		b.start = time.Now()
	}
	due := b.start.Add(time.Duration(float64(b.read) / b.rate * float64(time.Second)))
	if wait := time.Until(due); wait > 0 && !b.wait(wait) {
		return 0, errCut
	}
	// A twentieth of a second's bytes at once, so that the flow is even.
	n, err := b.ReadCloser.Read(p[:min(len(p), max(1, int(b.rate/20)))])
	b.read += int64(n)
	return n, err
}
