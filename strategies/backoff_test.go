package strategies

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

// numbers is a source of given numbers from [0, 1); none: no source.
func numbers(n ...float64) *rand.Rand {
	if len(n) == 0 {
		return nil
	}
	f := fixed(slices.Clone(n))
	return rand.New(&f)
}

// sequence returns a call's first waits with the given numbers from [0, 1).
func sequence(b Backoff, n int, draws ...float64) (waits []time.Duration) {
	rnd := numbers(draws...)
	if p, ok := b.(PerCall); ok {
		b = p.ForCall()
	}
	for i := range n {
		waits = append(waits, b.Wait(i, rnd))
	}
	return waits
}

func TestSequences(t *testing.T) {
	half := []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
	zero := []float64{0, 0, 0, 0, 0, 0}
	for _, tt := range []struct {
		name    string
		b       Backoff
		numbers []float64
		want    []time.Duration
	}{
		{"none", None{}, nil, []time.Duration{0, 0, 0}},
		{"constant", Constant{2 * s}, nil, []time.Duration{2 * s, 2 * s, 2 * s}},
		{"constant, negative", Constant{-s}, nil, []time.Duration{0, 0}},
		{"linear, step is base", Linear{Base: s}, nil, []time.Duration{1 * s, 2 * s, 3 * s, 4 * s}},
		{"linear, own step", Linear{Base: 10 * s, Step: s, Cap: 12 * s}, nil, []time.Duration{10 * s, 11 * s, 12 * s, 12 * s}},
		{"quadratic", Polynomial{Base: s, Degree: 2, Cap: 10 * s}, nil, []time.Duration{1 * s, 4 * s, 9 * s, 10 * s}},
		{"cubic", Polynomial{Base: s, Degree: 3}, nil, []time.Duration{1 * s, 8 * s, 27 * s}},
		{"polynomial of degree 0", Polynomial{Base: s}, nil, []time.Duration{s, s, s}},
		{"fibonacci-1123", Fibonacci{Base: s, Cap: 7 * s}, nil, []time.Duration{s, s, 2 * s, 3 * s, 5 * s, 7 * s}},
		{"fibonacci-123", Fibonacci{Base: s, SkipFirst: true}, nil, []time.Duration{s, 2 * s, 3 * s, 5 * s, 8 * s, 13 * s}},
		{"exponential", Exponential{Base: s, Cap: 10 * s}, nil, []time.Duration{s, 2 * s, 4 * s, 8 * s, 10 * s, 10 * s}},
		{"exponential, factor 3", Exponential{Base: s, Factor: 3}, nil, []time.Duration{s, 3 * s, 9 * s, 27 * s}},
		{"exponential, factor 1.5", Exponential{Base: 500 * ms, Factor: 1.5}, nil, []time.Duration{500 * ms, 750 * ms, 1125 * ms}},
		{"full jitter", FullJitter{Exponential{Base: s, Cap: 3 * s}}, []float64{0, 0.5, 0.25, 0.75}, []time.Duration{0, s, 750 * ms, 2250 * ms}},
		{"equal jitter", EqualJitter{Exponential{Base: s, Cap: 3 * s}}, []float64{0, 0.5, 0.5, 0.75}, []time.Duration{500 * ms, 1500 * ms, 2250 * ms, 2625 * ms}},
		{"equal jitter without chance", EqualJitter{Constant{s}}, nil, []time.Duration{s, s}},
		{"scaled jitter, gRPC", ScaledJitter{Constant{s}, 0.75, 1.25}, []float64{0, 0.5, 0.75}, []time.Duration{750 * ms, s, 1125 * ms}},
		// AWS: the lower bound is Base every time, so it falls again.
		{"decorrelated", Decorrelated{Base: s, Cap: 10 * s}, []float64{0.5, 0.5, 0, 0.5, 0.5, 0.5, 0.5}, []time.Duration{2 * s, 3500 * ms, s, 2 * s, 3500 * ms, 5750 * ms, 9125 * ms}},
		{"decorrelated at the cap", Decorrelated{Base: s, Cap: 2 * s}, []float64{0.75, 0.25}, []time.Duration{2 * s, 2250 * ms}[:1]},
		{"decorrelated without chance", Decorrelated{Base: s, Cap: 10 * s}, nil, []time.Duration{3 * s, 9 * s, 10 * s}},
		// Finagle: it begins at Base and never falls.
		{"decorrelated-finagle", FinagleDecorrelated{Base: s, Cap: 10 * s}, []float64{0.5, 0, 0.5, 0.5}, []time.Duration{s, 2 * s, 2 * s, 4 * s, 8 * s}},
		{"decorrelated-finagle at the cap", FinagleDecorrelated{Base: s, Cap: 2 * s}, half, []time.Duration{s, 2 * s, 2 * s}},
	} {
		if got := sequence(tt.b, len(tt.want), tt.numbers...); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	// Polly's, by its formula with t = n: f(0), f(1), … are 0, 1.92805, 3.97218, 7.98437 (2ⁿ·tanh √4n).
	for i, want := range []float64{0, 1.92806 / 1.4, (3.97211 - 1.92806) / 1.4, (7.98436 - 3.97211) / 1.4} {
		got := sequence(PollyV2{Base: s}, 4, zero...)[i]
		if diff := got.Seconds() - want; diff < -1e-3 || diff > 1e-3 {
			t.Errorf("polly-v2: wait %d is %v, want %.4f s", i, got, want)
		}
	}
	if got := sequence(PollyV2{Base: s, Cap: 2 * s}, 6, half...)[5]; got != 2*s {
		t.Errorf("polly-v2 at its cap: %v", got)
	}
}

// Whatever the numbers: no wait is negative, none is over its cap but where that is said, and nothing wraps around at attempt
// 1,000 or later.
func TestBackoffsNeverOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := func(name string) time.Duration { return time.Duration(rapid.Int64Min(0).Draw(t, name)) }
		base, most := d("base"), d("cap")
		n := rapid.SampledFrom([]int{0, 1, 2, 30, 62, 63, 64, 91, 92, 93, 999, 1000, 1_000_000}).Draw(t, "n")
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		e := Exponential{Base: base, Cap: most}
		for _, b := range []Backoff{
			Linear{Base: base, Cap: most}, Linear{Base: base, Step: d("step"), Cap: most},
			Polynomial{Base: base, Degree: rapid.Float64Range(0, 10).Draw(t, "degree"), Cap: most},
			Fibonacci{Base: base, Cap: most}, Fibonacci{Base: base, Cap: most, SkipFirst: true},
			e, Exponential{Base: base, Factor: rapid.Float64Range(1, 10).Draw(t, "factor"), Cap: most},
			FullJitter{e}, EqualJitter{e}, Decorrelated{Base: base, Cap: most}, FinagleDecorrelated{Base: base, Cap: most},
			PollyV2{Base: base, Cap: most},
		} {
			wait := b.Wait(n, rnd)
			if wait < 0 || most > 0 && wait > most {
				t.Fatalf("%#v: Wait(%d) = %v", b, n, wait)
			}
			switch b.(type) {
			case FullJitter, EqualJitter, Decorrelated, PollyV2:
			default: // those without chance never fall
				if next := b.Wait(n+1, nil); next < b.Wait(n, nil) {
					t.Fatalf("%#v: falls from %v to %v at %d", b, b.Wait(n, nil), next, n+1)
				}
			}
		}
		if wait := (ScaledJitter{e, 0.5, 1.5}).Wait(n, rnd); wait < 0 {
			t.Fatalf("scaled: %v", wait)
		}
	})
}

// A backoff with a memory begins anew for each call.
func TestPerCall(t *testing.T) {
	p := Policy{Attempts: 10, Backoff: FinagleDecorrelated{Base: s, Cap: 100 * s}, When: Transient()}
	failed := Outcome{Status: 503}
	for range 2 {
		r := p.For(&Call{Idempotent: true})
		first, _ := r.Next(1, failed)
		second, _ := r.Next(2, failed)
		if first != s || second != 3*s {
			t.Errorf("waits %v and %v, want 1s and 3s", first, second)
		}
	}
}

// "3" means three calls for some and four for others.
func TestOffByOne(t *testing.T) {
	transient := Transient()
	transient.AnyMethod = true
	for _, tt := range []struct {
		name string
		p    interface{ For(*Call) Retrier }
		want int
	}{
		{"Policy", &Policy{Attempts: 3, When: transient}, 3},
		{"Sahara", &Sahara{RetriesNumber: 3}, 4},
		{"Swift", &Swift{Retries: 3}, 4},
		{"Distant", &Distant{Kind: DistantFixed, MaxRetries: 3, When: transient}, 3},
		{"Distant, fail", &Distant{MaxRetries: 3, When: transient}, 1},
	} {
		r, calls := tt.p.For(&Call{}), 1
		for ; ; calls++ {
			if _, again := r.Next(calls, Outcome{Status: 503}); !again {
				break
			}
		}
		if calls != tt.want {
			t.Errorf("%s: 3 means %d calls, want %d", tt.name, calls, tt.want)
		}
	}
	r, calls := (&Neutron{Retries: 3}).For(&Call{Method: "GET"}), 1
	for ; ; calls++ {
		if _, again := r.Next(calls, Outcome{Err: ErrTransient}); !again {
			break
		}
	}
	if calls != 4 {
		t.Errorf("Neutron: 3 means %d calls, want 4", calls)
	}
}
