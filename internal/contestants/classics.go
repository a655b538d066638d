package contestants

import (
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
)

// classics returns the rows that differ in their backoff alone.
func classics() []Contestant {
	base1s := base
	base1s.Default, base1s.Help, base1s.Search = "1s", "Every wait.", logs("10ms", "30s")
	first, jittered := base, jitter
	first.Help = "First wait."
	jittered.Default = "full"
	return []Contestant{
		{
			Name: "no-retry", Kind: KindStack, make: newNoRetry,
			Summary: "One attempt, whatever comes back: what the faults do to a client without any strategy.",
		},
		{
			Name: "immediate", Kind: KindStack, make: newImmediate,
			Summary: "Retries at once and ignores Retry-After: the retry loop that makes an overload worse.",
			Params:  []Param{attempts},
		},
		{
			Name: "exponential", Kind: KindStack,
			Summary: "Exponential backoff with full jitter (AWS); never earlier than Retry-After; stops at the caller's deadline.",
			Params:  []Param{attempts, base, capped, jittered},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Exponential{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "exponential-plain", Kind: KindStack,
			Summary: "Exponential backoff without jitter: clients that fail together come back together.",
			Params:  []Param{attempts, first, capped},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Exponential{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "equal-jitter", Kind: KindStack,
			Summary: "Exponential backoff of which half is jitter (AWS): never below half of the wait.",
			Params:  []Param{attempts, base, capped},
			make: classic(func(v values) strategies.Backoff {
				return strategies.EqualJitter{Of: strategies.Exponential{Base: v.duration("base"), Cap: v.duration("cap")}}
			}),
		},
		{
			Name: "decorrelated-aws", Kind: KindStack,
			Summary: "AWS's decorrelated jitter: from base to three times the wait before.",
			Params:  []Param{attempts, first, capped},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Decorrelated{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "decorrelated-finagle", Kind: KindStack,
			Summary: "Finagle's decorrelated jitter: from one to three times the wait before, so it never falls.",
			Params:  []Param{attempts, first, capped},
			make: classic(func(v values) strategies.Backoff {
				return strategies.FinagleDecorrelated{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "polly-v2", Kind: KindStack,
			Summary: "Polly's DecorrelatedJitterV2, which is smooth exponential backoff; base is the median of the first wait.",
			Params:  []Param{attempts, first, capped},
			make: classic(func(v values) strategies.Backoff {
				return strategies.PollyV2{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "constant", Kind: KindStack,
			Summary: "The same wait every time.",
			Params:  []Param{attempts, base1s, jitter},
			make:    classic(func(v values) strategies.Backoff { return strategies.Constant{Base: v.duration("base")} }),
		},
		{
			Name: "linear", Kind: KindStack,
			Summary: "Waits that grow by a step: base, 2·base, 3·base with the default step.",
			Params: []Param{attempts, first, capped, jitter,
				{Name: "step", Type: TypeDuration, Default: "0s", Help: "By how much a wait grows. 0s: base.", Search: searchPause}},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Linear{Base: v.duration("base"), Step: v.duration("step"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "polynomial", Kind: KindStack,
			Summary: "base · n^degree before retry n; 2 is quadratic.",
			Params: []Param{attempts, first, capped, jitter,
				{Name: "degree", Type: TypeNumber, Default: "2", Help: "The exponent.", Search: evenly("1", "4")}},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Polynomial{Base: v.duration("base"), Degree: v.number("degree"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "fibonacci-1123", Kind: KindStack,
			Summary: "base times 1, 1, 2, 3, 5: Fibonacci as most texts have it.",
			Params:  []Param{attempts, first, capped, jitter},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Fibonacci{Base: v.duration("base"), Cap: v.duration("cap")}
			}),
		},
		{
			Name: "fibonacci-123", Kind: KindStack,
			Summary: "base times 1, 2, 3, 5, 8: Fibonacci as sethvargo/go-retry has it.",
			Params:  []Param{attempts, first, capped, jitter},
			make: classic(func(v values) strategies.Backoff {
				return strategies.Fibonacci{Base: v.duration("base"), SkipFirst: true, Cap: v.duration("cap")}
			}),
		},
	}
}

var (
	attempts = Param{Name: "attempts", Type: TypeCount, Min: 1, Default: "5", Help: "Attempts of every call, the first one included.", Search: searchAttempts}
	base     = Param{Name: "base", Type: TypeDuration, Default: "100ms", Help: "Upper bound of the first wait; it doubles with every retry.", Search: searchFirst}
	capped   = Param{Name: "cap", Type: TypeDuration, Default: "10s", Help: "Upper bound of every wait. 0s: none.", Search: logs("500ms", "1m")}
	jitter   = Param{Name: "jitter", Type: TypeChoice, Default: "none", Choices: []string{"none", "full", "equal"}, Help: "none, full (from nothing to the wait) or equal (its upper half).", Search: oneOf("none", "full", "equal")}
)

// classic makes a row from a backoff, around which its jitter goes if it has that parameter.
func classic(of func(v values) strategies.Backoff) func(string, values) (runner.Contestant, error) {
	return func(name string, v values) (runner.Contestant, error) {
		if _, ok := v["cap"]; ok {
			if err := checkBase(v); err != nil {
				return nil, err
			}
		}
		b := of(v)
		if kind, ok := v["jitter"]; ok {
			switch kind {
			case "full":
				b = strategies.FullJitter{Of: b}
			case "equal":
				b = strategies.EqualJitter{Of: b}
			}
		}
		return retrying(name, v, b), nil
	}
}
