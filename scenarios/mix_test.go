package scenarios

import (
	"math"
	"net/http"
	"testing"

	"github.com/ratebench/ratebench/internal/units"
	"pgregory.net/rapid"
)

// Which call has which number is the same whoever asks and in which order, comes as often as its weight says, and is another
// with another seed.
func TestPick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w Workload
		total := 0.0
		for i := range rapid.IntRange(1, 6).Draw(t, "kinds") {
			weight := rapid.Float64Range(0.5, 20).Draw(t, "weight")
			w.Mix = append(w.Mix, Call{Method: http.MethodGet, Size: units.Size(i), Weight: weight})
			total += weight
		}
		seed := rapid.Uint64().Draw(t, "seed")
		const calls = 20_000
		came := make([]int, len(w.Mix))
		for n := calls; n > 0; n-- {
			came[w.Pick(seed, n).Size]++
		}
		for n := 1; n <= calls; n++ {
			came[w.Pick(seed, n).Size]--
		}
		other := 0
		for n := 1; n <= calls; n++ {
			call := w.Pick(seed, n)
			if came[call.Size] != 0 && n == 1 {
				t.Fatalf("the order matters: %v", came)
			}
			if w.Pick(seed+1, n) != call {
				other++
			}
			came[call.Size]++
		}
		if len(w.Mix) > 1 && other == 0 {
			t.Fatal("the seed does not matter")
		}
		for i, n := range came {
			want := w.Mix[i].Weight / total
			if got := float64(n) / calls; math.Abs(got-want) > 6*math.Sqrt(want*(1-want)/calls) { // six sigma
				t.Fatalf("kind %d: a share of %.4f, want %.4f", i, got, want)
			}
		}
	})
}

func TestPickWithoutAMix(t *testing.T) {
	w := Workload{ObjectSize: 7}
	if got := w.Pick(1, 1); got.Method != http.MethodPut || got.Size != 7 {
		t.Errorf("%+v", got)
	}
}
