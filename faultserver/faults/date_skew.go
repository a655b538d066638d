package faults

import (
	"net/http"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// DateSkew moves the Date header of answers. SDKs correct the time they sign with by it.
type DateSkew struct {
	Ahead  units.Duration `yaml:"ahead,omitempty" json:"ahead,omitempty" jsonschema:"description=How far the server's clock is ahead."`
	Behind units.Duration `yaml:"behind,omitempty" json:"behind,omitempty" jsonschema:"description=How far it is behind."`
}

// Defaults implements Config.
func (*DateSkew) Defaults() {}

// New implements Config.
func (c *DateSkew) New(Env) (Fault, error) {
	if (c.Ahead == 0) == (c.Behind == 0) {
		return nil, Wrong("", "write one of ahead and behind, such as ahead: 20m")
	}
	return dateSkew{*c}, nil
}

type dateSkew struct{ DateSkew }

func (f dateSkew) Act(x *Exchange) bool {
	x.Note("date_skew")
	x.changeHeader(func(_ int, h http.Header) {
		h.Set("Date", time.Now().Add(f.Ahead.D()-f.Behind.D()).UTC().Format(http.TimeFormat))
	})
	return false
}
