package tune

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/internal/contestants"
)

// spaces are those of all contestants that have anything to tune.
func spaces() []*Space {
	var all []*Space
	for _, c := range contestants.Builtin() {
		s := &Space{Contestant: c.Name}
		for _, p := range c.Searchable() {
			s.Dims = append(s.Dims, Dim{Param: p})
		}
		if len(s.Dims) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// Any point of any space, and any neighbour of it, is a setting of values that the contestant takes one by one, and where it is located is
// that setting again.
func TestSpace(t *testing.T) {
	all := spaces()
	rapid.Check(t, func(t *rapid.T) {
		s := all[rapid.IntRange(0, len(all)-1).Draw(t, "space")]
		u := make([]float64, len(s.Dims))
		for i := range u {
			u[i] = rapid.Float64Range(0, 1).Draw(t, "u")
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for _, at := range [][]float64{u, s.near(u, 0.3, r)} {
			set := s.setting(at)
			again := s.locate(set)
			if again == nil {
				t.Fatalf("%s: %v lies nowhere", s.Contestant, set)
			}
			if s.setting(again).key() != set.key() {
				t.Fatalf("%s: %v is located at %v", s.Contestant, set, s.setting(again))
			}
		}
	})
}

// Most settings of each space are ones that the contestant takes as a whole.
func TestSpacesAreOfSettings(t *testing.T) {
	for _, s := range spaces() {
		p := newPoints(len(s.Dims), 1)
		good := 0
		for range 40 {
			set := s.setting(p.next())
			if _, err := contestants.New(set.Contestant, "", set.With); err == nil {
				good++
			}
		}
		if good < 20 {
			t.Errorf("%s takes %d of 40 settings", s.Contestant, good)
		}
	}
}

// The points of a sequence fill each half of each dimension alike.
func TestPoints(t *testing.T) {
	for _, dims := range []int{1, 2, 5} {
		p := newPoints(dims, 3)
		low := make([]int, dims)
		for range 64 {
			for i, u := range p.next() {
				if u < 0 || u >= 1 {
					t.Fatalf("a point at %v", u)
				}
				if u < 0.5 {
					low[i]++
				}
			}
		}
		if slices.Min(low) < 29 || slices.Max(low) > 35 {
			t.Errorf("%d dimensions: of 64 points in the lower half %v", dims, low)
		}
	}
}
