package faults

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ratebench/ratebench/internal/units"
)

// Distribution says how delays are spread. It is part of latency.
type Distribution struct {
	// Dist is uniform (default: from add to add + jitter), normal (add is the mean, jitter the standard deviation, never
	// less than 0), lognormal (median, sigma), exponential (mean), gamma (mean, shape), pareto (least, alpha) or empirical
	// (values, each as likely as the others). To all but the first two, add is added.
	Dist   string           `yaml:"dist,omitempty" json:"dist,omitempty" jsonschema:"description=How delays are spread. uniform: from add to add + jitter; normal: mean add and standard deviation jitter; the others have parameters of their own.,enum=uniform,enum=normal,enum=lognormal,enum=exponential,enum=gamma,enum=pareto,enum=empirical,default=uniform"`
	Median units.Duration   `yaml:"median,omitempty" json:"median,omitempty" jsonschema:"description=Of lognormal."`
	Sigma  float64          `yaml:"sigma,omitempty" json:"sigma,omitempty" jsonschema:"description=Of lognormal: standard deviation of the logarithm.,default=0.5"`
	Mean   units.Duration   `yaml:"mean,omitempty" json:"mean,omitempty" jsonschema:"description=Of exponential and gamma."`
	Shape  float64          `yaml:"shape,omitempty" json:"shape,omitempty" jsonschema:"description=Of gamma: small is skewed; large is close to normal.,default=2"`
	Least  units.Duration   `yaml:"least,omitempty" json:"least,omitempty" jsonschema:"description=Of pareto: the shortest delay."`
	Alpha  float64          `yaml:"alpha,omitempty" json:"alpha,omitempty" jsonschema:"description=Of pareto: the smaller the heavier the tail.,default=1.5"`
	Values []units.Duration `yaml:"values,omitempty" json:"values,omitempty" jsonschema:"description=Of empirical: measured delays."`
	// Max cuts long delays off. Zero: 1 h.
	Max units.Duration `yaml:"max,omitempty" json:"max,omitempty" jsonschema:"description=The longest delay.,default=1h"`
}

func (d *Distribution) defaults() {
	def(&d.Dist, "uniform")
	switch d.Dist {
	case "lognormal":
		def(&d.Sigma, 0.5)
	case "gamma":
		def(&d.Shape, 2)
	case "pareto":
		def(&d.Alpha, 1.5)
	}
	def(&d.Max, units.Duration(time.Hour))
}

// quantile makes the distribution's inverse: what a number in [0, 1) stands for, in nanoseconds.
func (d *Distribution) quantile(add, jitter time.Duration) (func(u float64) float64, error) {
	a, j := float64(add), float64(jitter)
	positive := func(name string, ok bool) error {
		if !ok {
			return Wrong(name, "is missing: dist %s needs it, and more than 0", d.Dist)
		}
		return nil
	}
	switch d.Dist {
	case "uniform":
		if add == 0 && jitter == 0 {
			return nil, Wrong("", "adds nothing: write add or jitter, or both, such as add: 50ms")
		}
		return func(u float64) float64 { return a + u*j }, nil
	case "normal":
		return func(u float64) float64 { return a + j*normal(u) }, positive("add", add > 0)
	case "lognormal":
		m := float64(d.Median)
		return func(u float64) float64 { return a + m*math.Exp(d.Sigma*normal(u)) }, positive("median", d.Median > 0)
	case "exponential":
		m := float64(d.Mean)
		return func(u float64) float64 { return a - m*math.Log1p(-u) }, positive("mean", d.Mean > 0)
	case "gamma":
		if d.Mean == 0 {
			return nil, positive("mean", false)
		}
		g := distuv.Gamma{Alpha: d.Shape, Beta: d.Shape / float64(d.Mean)}
		return func(u float64) float64 { return a + g.Quantile(u) }, positive("shape", d.Shape > 0 && d.Shape < 1e6)
	case "pareto":
		l := float64(d.Least)
		if err := positive("alpha", d.Alpha > 0); err != nil {
			return nil, err
		}
		return func(u float64) float64 { return a + l*math.Pow(1-u, -1/d.Alpha) }, positive("least", d.Least > 0)
	case "empirical":
		values := slices.Clone(d.Values)
		if len(values) == 0 {
			return nil, Wrong("values", "is missing: dist empirical needs a list such as [10ms, 12ms, 250ms]")
		}
		return func(u float64) float64 { return a + float64(values[int(u*float64(len(values)))]) }, nil
	}
	return nil, Wrong("dist", "%q is none that is known", d.Dist)
}

// normal is the inverse of the standard normal distribution. Dice are never 1; at 0 it would be infinite.
func normal(u float64) float64 {
	return math.Sqrt2 * math.Erfinv(2*max(u, 1e-16)-1)
}

// cumulative is the standard normal distribution.
func cumulative(z float64) float64 { return min(math.Erfc(-z/math.Sqrt2)/2, math.Nextafter(1, 0)) }

// timeDice is a number in [0, 1) that belongs to a stretch of the trial's time: everybody who asks in it gets the same.
func timeDice(env Env, stretch int64) float64 {
	buf := binary.BigEndian.AppendUint64(make([]byte, 0, 64), env.Seed)
	buf = binary.BigEndian.AppendUint64(buf, uint64(stretch))
	sum := sha256.Sum256(append(buf, env.Rule...))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}
