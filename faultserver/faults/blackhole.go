package faults

import "github.com/ratebench/ratebench/internal/units"

// Blackhole says nothing any more: no answer, no end of the connection. Only a time-out of its own saves a client.
type Blackhole struct {
	// At is accept (nothing is read), headers (default: nothing of the body), body (half of it is read) or response (the
	// work is done).
	At string `yaml:"at,omitempty" json:"at,omitempty" jsonschema:"description=Where silence falls: nothing is read or nothing of the body or half of it or the work is done.,enum=accept,enum=headers,enum=body,enum=response,default=headers"`
	// For ends it with the connection. Zero: never.
	For units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=After this time the connection is closed. Left out: never."`
}

// Defaults implements Config.
func (c *Blackhole) Defaults() { def(&c.At, "headers") }

// New implements Config.
func (c *Blackhole) New(Env) (Fault, error) { return blackhole{*c}, nil }

type blackhole struct{ Blackhole }

func (f blackhole) Act(x *Exchange) bool {
	if f.At == "accept" {
		return false
	}
	x.Note("blackhole " + f.At)
	switch f.At {
	case "body":
		x.R.Body = &cutBody{ReadCloser: x.R.Body, left: f.BodyRead(max(x.R.ContentLength, 0))}
		x.Host.Pass(x.Host.Lost())
	case "response":
		x.Host.Pass(x.Host.Lost())
	}
	x.Host.Wait(f.duration().D())
	x.Host.Kill(false)
	return true
}

func (f blackhole) duration() units.Duration {
	if f.For == 0 {
		return units.Duration(forever)
	}
	return f.For
}

// Accept implements Accepting.
func (f blackhole) Accept(Opening) Fate {
	if f.At != "accept" {
		return Fate{}
	}
	return Fate{Hold: f.duration().D(), End: true}
}

// BodyRead implements Reading.
func (f blackhole) BodyRead(size int64) int64 {
	switch f.At {
	case "accept":
		return -1
	case "body":
		return size / 2
	case "response":
		return size
	}
	return 0
}
