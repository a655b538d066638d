package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var inf = math.Inf(1)

func near(a, b float64) bool { return a == b || math.Abs(a-b) <= 1e-6*max(1, math.Abs(b)) }

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{
		{[]float64{3}, 3}, {[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5},
		{[]float64{1, inf, inf}, inf}, {[]float64{1, 2, inf, inf}, inf}, {[]float64{1, inf, 2}, 2},
	} {
		if got := Median(c.in); got != c.want {
			t.Errorf("Median(%v) = %v, want %v", c.in, got, c.want)
		}
	}
	if !math.IsNaN(Median(nil)) {
		t.Error("a median of nothing")
	}
}

// The values can be had by hand: of the (n+m choose n) ways to share the ranks out, count those at least as far out.
func TestRankSum(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64
		want float64
	}{
		{"none", nil, []float64{1}, 1},
		{"no number", []float64{math.NaN(), 1, 2, 3}, []float64{4, 5, 6, 7}, 1},
		{"no number among ties, on the other side", []float64{1, 1}, []float64{1, math.NaN(), math.NaN()}, 1},
		{"all the same", []float64{2, 2, 2}, []float64{2, 2}, 1},
		{"3 and 3, apart: 2 of 20", []float64{1, 2, 3}, []float64{4, 5, 6}, 0.1},
		{"4 and 4, apart: 2 of 70", []float64{1, 2, 3, 4}, []float64{5, 6, 7, 8}, 2.0 / 70},
		{"one step in: U = 1, 4 of 70", []float64{1, 2, 3, 5}, []float64{4, 6, 7, 8}, 4.0 / 70},
		{"10 and 10, apart: 2 of 184756", seq(1, 10), seq(11, 10), 2.0 / 184756},
		{"not reached is last: 2 of 70", []float64{1, 2, 3, 4}, []float64{inf, inf, inf, inf}, 2.0 / 70},
		// Only the place of the one value counts: twice 1 of 4 ways, on either side.
		{"ties", []float64{0, 0, 0}, []float64{1}, 0.5},
		{"ties among the others", []float64{2}, []float64{1, 0, 0}, 0.5},
		// 3 zeros and 3 ones: all zeros on one side in 1 of 20 ways.
		{"two values, apart", []float64{0, 0, 0}, []float64{1, 1, 1}, 0.1},
	} {
		if got := RankSum(c.a, c.b); !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func seq(from float64, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = from + float64(i)
	}
	return v
}

func TestLeast(t *testing.T) {
	for _, c := range []struct {
		n, m int
		want float64
	}{{1, 1, 1}, {4, 4, 2.0 / 70}, {10, 10, 2.0 / 184756}, {3, 5, 2.0 / 56}} {
		if got := LeastOfSizes(c.n, c.m); !near(got, c.want) {
			t.Errorf("LeastOfSizes(%d, %d) = %v, want %v", c.n, c.m, got, c.want)
		}
		if got := LeastRankSum(seq(5, c.n), seq(1, c.m)); !near(got, c.want) {
			t.Errorf("LeastRankSum of %d and %d = %v, want %v", c.n, c.m, got, c.want)
		}
	}
	if got := LeastRankSum([]float64{0, 0, 0, 0}, []float64{0, 0, 0, 5}); !near(got, 1) {
		t.Errorf("one odd value in eight could show something: %v", got)
	}
}

// The least is the least: no way to share the values out gives less.
func TestLeastIsLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0, 4), 2, 12).Draw(t, "values")
		for i := range v {
			v[i] = math.Round(v[i]) // ties
		}
		cut := rapid.IntRange(1, len(v)-1).Draw(t, "cut")
		if p, least := RankSum(v[:cut], v[cut:]), LeastRankSum(v[:cut], v[cut:]); p < least-1e-12 {
			t.Fatalf("p %v below the least %v", p, least)
		}
	})
}

func TestPairedT(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []float64
		want float64
	}{
		{"none", nil, 1}, {"one", []float64{5}, 1}, {"zeros", []float64{0, 0, 0}, 1}, {"all the same", []float64{2, 2, 2}, 0},
		{"the same but for rounding", []float64{0.1 + 0.2, 0.3, 0.3}, 0},
		// Two values: t = (a+b)/|a-b|, and Student's with one degree of freedom is Cauchy's: p = 1 - 2 atan(t)/pi.
		{"two", []float64{1, 3}, 1 - 2*math.Atan(2)/math.Pi},
		// Three values: with two degrees of freedom p = 1 - t/sqrt(2+t*t); here t = 2*sqrt(3).
		{"three", []float64{1, 2, 3}, 1 - 2*math.Sqrt(3)/math.Sqrt(14)},
		{"three, turned", []float64{-1, -2, -3}, 1 - 2*math.Sqrt(3)/math.Sqrt(14)},
	} {
		if got := PairedT(c.in); !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, weights, want []float64 }{
		{[]float64{}, nil, []float64{}},
		{[]float64{0.03}, []float64{1}, []float64{0.03}},
		// By hand: 4 × 0.005, 3 × 0.01, 2 × 0.03, and 0.04 is not below the one before.
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{1, 1, 1, 1}, []float64{0.03, 0.06, 0.06, 0.02}},
		{[]float64{0.9, 0.8}, []float64{1, 1}, []float64{1, 1}},
		// The first has three quarters of the level: 0.03 × 4/3; then the other stands alone.
		{[]float64{0.03, 0.045}, []float64{3, 1}, []float64{0.04, 0.045}},
	} {
		got := Holm(c.p, c.weights)
		if !slices.EqualFunc(got, c.want, near) {
			t.Errorf("Holm(%v, %v) = %v, want %v", c.p, c.weights, got, c.want)
		}
	}
}

func TestHolmProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p")
		w := rapid.SliceOfN(rapid.Float64Range(0.1, 10), len(p), len(p)).Draw(t, "weights")
		total := 0.0
		for _, x := range w {
			total += x
		}
		for i, a := range Holm(p, w) {
			if a < p[i]-1e-12 || a > 1 || a > p[i]*total/w[i]+1e-9 {
				t.Fatalf("p %v, weight %v of %v: corrected %v is below it, or above Bonferroni's", p[i], w[i], total, a)
			}
		}
	})
}

// The ideal bootstrap distribution of the median of three is known: the least value is the median of 7 in 27 resamples.
func TestMedians(t *testing.T) {
	const times = 20000
	m := NewResamples(rand.New(rand.NewPCG(1, 2)), 3, times).Medians([]float64{30, 10, 20})
	count := map[float64]int{}
	for _, v := range m {
		count[v]++
	}
	for v, want := range map[float64]float64{10: 7.0 / 27, 20: 13.0 / 27, 30: 7.0 / 27} {
		if got := float64(count[v]) / times; math.Abs(got-want) > 0.015 {
			t.Errorf("%v is the median in %v of the resamples, want %v", v, got, want)
		}
	}
	again := NewResamples(rand.New(rand.NewPCG(1, 2)), 3, times).Medians([]float64{10, 20, 30})
	if !slices.Equal(m, again) {
		t.Error("the same source gave other resamples")
	}
	for _, v := range NewResamples(rand.New(rand.NewPCG(1, 2)), 4, 100).Medians([]float64{1, inf, inf, inf}) {
		if math.IsNaN(v) {
			t.Error("infinite values make no number")
		}
	}
}

func TestPercentiles(t *testing.T) {
	low, high := Percentiles(seq(1, 1000), 0.95)
	if low != 26 || high != 975 {
		t.Errorf("the middle 95%% of 1 to 1000 = %v to %v, want 26 to 975", low, high)
	}
	if low, high := Percentiles([]float64{7}, 0.95); low != 7 || high != 7 {
		t.Errorf("of one: %v to %v", low, high)
	}
}

func TestCorrelation(t *testing.T) {
	if r, ok := Correlation([]float64{1, 2, 3}, []float64{5, 7, 9}); !ok || !near(r, 1) {
		t.Errorf("on a line: %v %v", r, ok)
	}
	for _, c := range [][2][]float64{{{1, 2}, {1, 2}}, {{1, 1, 1}, {1, 2, 3}}, {{1, 2, 3}, {1, 2}}} {
		if _, ok := Correlation(c[0], c[1]); ok {
			t.Errorf("%v has a correlation", c)
		}
	}
}

// The counting for ties agrees with benchmath where there are none.
func TestTiedWithoutTies(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		v := r.Perm(13)
		all := make([]float64, len(v))
		for i, x := range v {
			all[i] = float64(x)
		}
		n := 1 + r.IntN(12)
		a, b := all[:n], all[n:]
		if got, want := tiedRankSum(a, seq(0, 13)), RankSum(a, b); !near(got, want) {
			t.Errorf("%v against %v: %v, benchmath %v", a, b, got, want)
		}
	}
}

func TestMeans(t *testing.T) {
	if got := Mean([]float64{1, 2, 6}); got != 3 {
		t.Errorf("mean %v", got)
	}
	// Of 0 and 1, the mean of two draws is 0, 1/2 and 1 in 1, 2 and 1 of 4 cases.
	const times = 20000
	count := map[float64]int{}
	for _, m := range Means(rand.New(rand.NewPCG(1, 2)), []float64{0, 1}, times) {
		count[m]++
	}
	for v, want := range map[float64]float64{0: 0.25, 0.5: 0.5, 1: 0.25} {
		if got := float64(count[v]) / times; math.Abs(got-want) > 0.015 {
			t.Errorf("%v in %v of the resamples, want %v", v, got, want)
		}
	}
}

func TestPercentilesAreThoseInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 200).Draw(t, "values")
		confidence := rapid.Float64Range(0, 0.999).Draw(t, "confidence")
		low, high := Percentiles(v, confidence)
		slices.Sort(v)
		cut := min(int(float64(len(v))*(1-confidence)/2), (len(v)-1)/2)
		if low != v[cut] || high != v[len(v)-1-cut] {
			t.Fatalf("%v to %v, want %v to %v", low, high, v[cut], v[len(v)-1-cut])
		}
	})
}

// How often each test finds a loss of 10 % in one of 12 cells: ten trials a side that vary by 5 %, of which those with the same
// seed hang together by rho. This is what report's choice between pairs and heaps rests on; run it with -v.
func TestPowerOfPairs(t *testing.T) {
	const times, n, level = 2000, 10, 0.05 / 12
	r := rand.New(rand.NewPCG(1, 2))
	found := map[float64][2]float64{}
	for _, rho := range []float64{0, 0.2, 0.3, 0.6} {
		heaps, pairs := 0, 0
		for range times {
			a, b, d := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range a {
				shared := math.Sqrt(rho) * r.NormFloat64()
				a[i] = 1 + 0.05*(shared+math.Sqrt(1-rho)*r.NormFloat64())
				b[i] = 0.9 * (1 + 0.05*(shared+math.Sqrt(1-rho)*r.NormFloat64()))
				d[i] = math.Log(b[i] / a[i])
			}
			if RankSum(a, b) < level {
				heaps++
			}
			if PairedT(d) < level {
				pairs++
			}
		}
		found[rho] = [2]float64{float64(heaps) / times, float64(pairs) / times}
		t.Logf("correlation %.1f: the U test of heaps finds %.0f %%, Student's of pairs %.0f %%", rho, 100*found[rho][0], 100*found[rho][1])
	}
	if f := found[0]; f[0] < f[1] {
		t.Error("pairs are better although nothing connects them")
	}
	if f := found[0.3]; f[0] > f[1] {
		t.Error("pairs are worse at the correlation from which on they are compared")
	}
}

// The median of every resample is that of what was drawn, and the same things are drawn of every number.
func TestTogether(t *testing.T) {
	for _, n := range []int{1, 2, 5, 10} {
		draws := NewTogether(rand.New(rand.NewPCG(1, uint64(n))), n, 50)
		rng := rand.New(rand.NewPCG(2, uint64(n)))
		a, b := make([]float64, n), make([]float64, n)
		for i := range a {
			a[i] = rng.NormFloat64()
			b[i] = -a[i]
		}
		got, turned := draws.Medians(a), draws.Medians(b)
		if len(got) != 50 {
			t.Fatalf("%d medians of 50 resamples", len(got))
		}
		for k := range got {
			var drawn []float64
			for i, times := range draws.counts[k*n : (k+1)*n] {
				drawn = append(drawn, slices.Repeat(a[i:i+1], int(times))...)
			}
			if want := Median(drawn); len(drawn) != n || got[k] != want || turned[k] != -want {
				t.Errorf("resample %d of %d things: %v and %v, want %v and its opposite", k, len(drawn), got[k], turned[k], want)
			}
		}
	}
}
