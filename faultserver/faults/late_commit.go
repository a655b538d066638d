package faults

import (
	"io"

	"github.com/ratebench/ratebench/internal/units"
)

// LateCommit holds the end of a request back, and lets the backend have it after the delay, whether or not the client
// still waits. So a client that timed out and tried again, or aborted, meets its own first attempt later.
type LateCommit struct {
	Delay units.Duration `yaml:"delay" json:"delay" jsonschema:"description=How long the end of the request is held back."`
}

// Defaults implements Config.
func (*LateCommit) Defaults() {}

// New implements Config.
func (c *LateCommit) New(Env) (Fault, error) {
	if c.Delay <= 0 {
		return nil, Wrong("delay", "0s would be no delay: write one such as 5s")
	}
	return lateCommit{*c}, nil
}

type lateCommit struct{ LateCommit }

func (f lateCommit) Act(x *Exchange) bool {
	x.Note("late_commit")
	x.forgetClient()
	if x.R.ContentLength == 0 {
		x.Host.Wait(f.Delay.D())
		return false
	}
	x.R.Body = &heldBody{ReadCloser: x.R.Body, left: x.R.ContentLength, hold: func() bool { return x.Host.Wait(f.Delay.D()) }}
	return false
}

// heldBody holds the last bytes of a body back once it has read them.
type heldBody struct {
	io.ReadCloser
	left int64 // negative: not known
	hold func() bool
	held bool
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if (err == io.EOF || b.left == 0) && !b.held {
		b.held = true
		if !b.hold() {
			return 0, errCut
		}
	}
	return n, err
}
