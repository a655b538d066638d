package faults

import (
	"net/http"
	"strconv"
)

// WrongLength changes the Content-Length of an answer. One that is too long looks like a body cut off; one that is too
// short hides the rest of the body, and nobody notices.
type WrongLength struct {
	// Delta is added to the true length; the result is at least 0. Zero: 10.
	Delta int `yaml:"delta,omitempty" json:"delta,omitempty" jsonschema:"description=Bytes added to the true length; negative for too short.,default=10,minimum=-1000000000,maximum=1000000000"`
}

// Defaults implements Config.
func (c *WrongLength) Defaults() {
	if c.Delta == 0 {
		c.Delta = 10
	}
}

// New implements Config.
func (c *WrongLength) New(Env) (Fault, error) { return wrongLength{*c}, nil }

type wrongLength struct{ WrongLength }

func (f wrongLength) Act(x *Exchange) bool {
	x.Note("wrong_length")
	c := x.Capture()
	told := max(0, c.Body.Len()+f.Delta)
	c.Fields.Set("Content-Length", strconv.Itoa(told))
	c.sendHeader(x.W)
	if x.R.Method == http.MethodHead {
		return true
	}
	_, _ = x.W.Write(c.Body.Bytes()[:min(told, c.Body.Len())]) // an error here means that the client has gone
	if told > c.Body.Len() {
		x.Host.Kill(false)
	}
	return true
}
