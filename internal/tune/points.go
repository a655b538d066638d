package tune

import (
	"math"
	"math/rand/v2"
)

// points is a low-discrepancy sequence in the unit cube: however many have been taken, they cover it more evenly than chance would.
// It is Roberts' R sequence, of the powers of the generalised golden ratio, shifted by the seed.
type points struct {
	step, at []float64
}

func newPoints(dims int, seed uint64) *points {
	phi := 2.0 // the positive root of x^(d+1) = x + 1
	for range 50 {
		phi = math.Pow(1+phi, 1/float64(dims+1))
	}
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	p := &points{step: make([]float64, dims), at: make([]float64, dims)}
	for i := range dims {
		p.step[i] = math.Pow(1/phi, float64(i+1))
		p.at[i] = r.Float64()
	}
	return p
}

func (p *points) next() []float64 {
	u := make([]float64, len(p.at))
	for i := range p.at {
		_, p.at[i] = math.Modf(p.at[i] + p.step[i])
		u[i] = p.at[i]
	}
	return u
}
