package runner

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Grid is what a plan is made from. Every combination of contestant, part size and concurrency is a cell.
type Grid struct {
	Contestants   []string // names in results
	Oracle        string   // name of the yardstick, which runs first in every cell; empty: none
	PartSizes     []int64  // bytes
	Concurrencies []int
	Repeats       int
	Seed          uint64
}

// Plan is the list of trials in the order in which they run.
type Plan struct{ Trials []Trial }

// NewPlan lays a grid out. Repeats are the outermost loop and contestants the innermost, so that whatever changes on the
// machine in the course of a run hits all contestants of a cell alike. The order of the contestants is rotated from
// repeat to repeat (ABC, BCA, CAB). The oracle comes before them, since their efficiency is measured by it. All
// contestants of a repeat meet the same seed.
func NewPlan(g Grid) *Plan {
	p := &Plan{}
	for repeat := range g.Repeats {
		names := g.Contestants
		if n := len(names); n > 0 {
			names = slices.Concat(names[repeat%n:], names[:repeat%n])
		}
		for _, size := range g.PartSizes {
			for _, concurrency := range g.Concurrencies {
				t := Trial{PartSize: size, Concurrency: concurrency, Repeat: repeat + 1, Seed: SeedOf(g.Seed, repeat+1)}
				if g.Oracle != "" {
					t.Contestant, t.Oracle = g.Oracle, true
					p.add(t)
				}
				for _, name := range names {
					t.Contestant, t.Oracle = name, false
					p.add(t)
				}
			}
		}
	}
	return p
}

// hasOracle reports whether an oracle runs in every cell.
func (p *Plan) hasOracle() bool {
	return slices.ContainsFunc(p.Trials, func(t Trial) bool { return t.Oracle })
}

func (p *Plan) add(t Trial) {
	t.Ordinal = len(p.Trials) + 1
	p.Trials = append(p.Trials, t)
}

// mix derives a seed from a seed: related inputs give unrelated outputs.
func mix(seed uint64, n ...uint64) uint64 {
	buf := binary.BigEndian.AppendUint64(nil, seed)
	for _, v := range n {
		buf = binary.BigEndian.AppendUint64(buf, v)
	}
	sum := sha256.Sum256(buf)
	return binary.BigEndian.Uint64(sum[:8])
}
