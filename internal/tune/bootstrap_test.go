package tune

import (
	"math"
	"testing"
)

// By hand: 8 (4–16) over 4 (2–8) is 2, less one; on the logarithms to base 2 both ends are 1 away in each, so the ratio's are √2 away.
func TestOver(t *testing.T) {
	got := Interval{8, 4, 16}.over(Interval{4, 2, 8})
	want := Interval{1, 2*math.Exp2(-math.Sqrt2) - 1, 2*math.Exp2(math.Sqrt2) - 1}
	if math.Abs(got.Value-want.Value) > 1e-12 || math.Abs(got.Low-want.Low) > 1e-12 || math.Abs(got.High-want.High) > 1e-12 {
		t.Errorf("%+v, want %+v", got, want)
	}
	for name, i := range map[string]Interval{
		"an end that is not known": Interval{8, 0, unknown}.over(Interval{4, 2, 8}),
		"nothing got through once": Interval{8, 0, 16}.over(Interval{4, 2, 8}),
		"nor there":                Interval{8, 4, 16}.over(Interval{4, 0, 8}),
	} {
		if i.Value != 1 || i.Low != -1 || i.High != unknown {
			t.Errorf("%s: %+v", name, i)
		}
	}
}
