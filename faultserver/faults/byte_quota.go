package faults

import (
	"time"

	"github.com/ratebench/ratebench/faultserver/limits"
	"github.com/ratebench/ratebench/internal/units"
)

// ByteQuota is a token bucket of bytes: a request pays its Content-Length before its body is read. One that is larger than
// the bucket passes when it is full, and leaves a debt.
type ByteQuota struct {
	Rate units.Bandwidth `yaml:"rate" json:"rate" jsonschema:"description=Bytes per second that are taken."`
	// Burst is the size of the bucket. Zero: what Rate gives in a second.
	Burst   units.Size `yaml:"burst,omitempty" json:"burst,omitempty" jsonschema:"description=Size of the bucket. Left out: what the rate gives in a second."`
	Limited `yaml:",inline"`
}

// Defaults implements Config.
func (c *ByteQuota) Defaults() {
	def(&c.Burst, units.Size(c.Rate))
	c.Limited.defaults(429, true)
}

func (c *ByteQuota) model(time.Time) limits.Model {
	return &limits.TokenBucket{Rate: float64(c.Rate), Burst: float64(c.Burst)}
}

// New implements Config.
func (c *ByteQuota) New(Env) (Fault, error) {
	if c.Rate <= 0 {
		return nil, Wrong("rate", "0 would let nothing through: write a bandwidth such as 10MiB/s")
	}
	kept := *c
	return newLimit(c.Limited, "byte_quota", true, kept.model)
}

// Capacity implements Bounding.
func (c *ByteQuota) Capacity() Capacity { return capacity(c.Limited, true, c.model(time.Time{})) }
