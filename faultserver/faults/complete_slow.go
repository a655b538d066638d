package faults

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// CompleteSlow answers 200 at once and sends white space while the work seems to go on, as S3 does on a Complete of many
// parts. The result, or the error, comes in the body. What the backend refuses at once is answered as it is.
type CompleteSlow struct {
	For   units.Duration `yaml:"for" json:"for" jsonschema:"description=How long white space is sent."`
	Every units.Duration `yaml:"every,omitempty" json:"every,omitempty" jsonschema:"description=Time between two spaces.,default=1s"`
}

// Defaults implements Config.
func (c *CompleteSlow) Defaults() {
	if c.Every == 0 {
		c.Every = units.Duration(time.Second)
	}
}

// New implements Config.
func (c *CompleteSlow) New(Env) (Fault, error) {
	if c.For <= 0 {
		return nil, Wrong("for", "0s would send nothing: write a time such as 5s")
	}
	return completeSlow{*c}, nil
}

type completeSlow struct{ CompleteSlow }

func (f completeSlow) Act(x *Exchange) bool {
	x.Note("complete_slow")
	c := x.Capture()
	if c.Status >= 300 {
		c.sendHeader(x.W)
		_, _ = x.W.Write(c.Body.Bytes()) // an error here means that the client has gone
		return true
	}
	c.Fields.Del("Content-Length")
	c.sendHeader(x.W)
	if !x.whiteSpace(f.For.D(), f.Every.D()) {
		return true
	}
	_, _ = x.W.Write(bytes.TrimPrefix(bytes.TrimSpace(c.Body.Bytes()), declaration)) // an error here means that the client has gone
	return true
}

var declaration = bytes.TrimSpace([]byte(xml.Header))

// whiteSpace sends a space now and then. In XML the declaration has to come first. It returns false if the client has gone.
func (x *Exchange) whiteSpace(total, every time.Duration) bool {
	out := http.NewResponseController(x.W)
	if !ops.Control(x.Req.Op) {
		if _, err := x.W.Write(append(declaration[:len(declaration):len(declaration)], '\n')); err != nil {
			return false
		}
	}
	for left := total; left > 0; left -= every {
		if out.Flush() != nil || !x.Host.Wait(min(left, every)) {
			return false
		}
		if _, err := x.W.Write([]byte(" ")); err != nil {
			return false
		}
	}
	return true
}
