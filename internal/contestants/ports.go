package contestants

import (
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// ports returns the rows that repeat what systems in other languages do, flaws included.
func ports() []Contestant {
	retries := Param{Name: "retries_number", Type: TypeCount, Default: "5", Help: "Retries: 5 are 6 calls.", Search: searchRetries}
	after := Param{Name: "retry_after", Type: TypeDuration, Default: "10s", Help: "Shortest wait.", Search: logs("100ms", "1m")}
	flag := func(name, def, help string) Param { return Param{Name: name, Type: TypeBool, Default: def, Help: help} }
	traits := []Param{retries, after,
		flag("final_sleep", "true", "Sleep once more after the last failure, as Sahara does.").searched(oneOf("true", "false")),
		flag("idempotent_only", "false", "Retry only what can be repeated without harm."),
		flag("full_jitter", "false", "Wait from nothing to retry_after.").searched(oneOf("true", "false")),
	}
	tries := Param{Name: "max_retries", Type: TypeCount, Default: "0", Help: "Tries in all, in spite of its name. 0: no bound.", Search: searchUnbound}
	interval := Param{Name: "base", Type: TypeDuration, Default: "1s", Help: "First wait.", Search: searchFirst}
	most := Param{Name: "max_duration", Type: TypeDuration, Default: "10s", Help: "Cap of what has grown, but not of base. 0s: none.", Search: searchCap}
	return []Contestant{
		{
			Name: "sahara", Kind: KindStack, Params: traits, make: newSahara(nil),
			Summary: "OpenStack Sahara's execute_with_retries: 10 s, five times, whatever the method; a broken connection is never retried.",
		},
		{
			Name: "nova", Kind: KindStack, Params: traits, make: newSahara(strategies.NovaHint()),
			Summary: "sahara over novaclient, whose 413 and 429 carry Retry-After: a hint can only lengthen the wait.",
		},
		{
			Name: "swift", Kind: KindStack, make: newSwift,
			Summary: "python-swiftclient's loop: 1 s doubling to 64 s, five retries, no jitter; never reads Retry-After.",
			Params: []Param{
				{Name: "retries", Type: TypeCount, Default: "5", Help: "Retries: 5 are 6 calls.", Search: searchRetries},
				{Name: "starting_backoff", Type: TypeDuration, Default: "1s", Help: "First wait; it doubles.", Search: searchFirst},
				{Name: "max_backoff", Type: TypeDuration, Default: "64s", Help: "Cap of the waits.", Search: searchCap},
				flag("retry_on_ratelimit", "true", "Retry 429 and 498, as it does since 2022."),
			},
		},
		{
			Name: "neutron", Kind: KindStack, make: newNeutron,
			Summary: "neutronclient: retries nothing by default; with retries, broken connections of GET, PUT and DELETE only.",
			Params: []Param{
				{Name: "retries", Type: TypeCount, Default: "0", Help: "Retries: 3 are 4 calls.", Search: logs("1", "30", "0")},
				{Name: "retry_interval", Type: TypeDuration, Default: "1s", Help: "Every wait.", Search: searchFirst},
			},
		},
		{
			Name: "distant-fail", Kind: KindStack, make: newDistant(strategies.DistantFail),
			Summary: "distant's default reconnect strategy: gives up at once.",
		},
		{
			Name: "distant-exponential", Kind: KindStack, make: newDistant(strategies.DistantExponential),
			Summary: "distant's reconnect strategy of its command line: 1 s doubling to 10 s without jitter or end.",
			Params: []Param{interval, most, tries,
				{Name: "factor", Type: TypeNumber, Default: "2", Help: "By what a wait grows.", Search: evenly("1", "4")}},
		},
		{
			Name: "distant-fibonacci", Kind: KindStack, make: newDistant(strategies.DistantFibonacci),
			Summary: "distant's Fibonacci reconnect strategy: 1, 1, 2, 3, 5, 8 s to a cap of 10 s, without end.",
			Params:  []Param{interval, most, tries},
		},
		{
			Name: "distant-fixed", Kind: KindStack, make: newDistant(strategies.DistantFixed),
			Summary: "distant's fixed reconnect strategy: every second, without end.",
			Params:  []Param{interval, tries},
		},
		{
			Name: "nested-sahara-swift", Kind: KindStack, make: newSaharaOverSwift,
			Summary: "Two loops, as a warning: Sahara's over swiftclient's, which it sets to 10 s. One operation makes up to 36 calls.",
			Params:  []Param{retries, after},
		},
	}
}

func newSahara(hintOf []int) func(string, values) (runner.Contestant, error) {
	return func(name string, v values) (runner.Contestant, error) {
		s := sahara(v)
		s.HintOf = hintOf
		s.NoFinalSleep = !v.flag("final_sleep")
		s.IdempotentOnly = v.flag("idempotent_only")
		s.FullJitter = v.flag("full_jitter")
		return port(name, s), nil
	}
}

func sahara(v values) *strategies.Sahara {
	return &strategies.Sahara{RetriesNumber: v.count("retries_number"), RetryAfter: v.duration("retry_after")}
}

func newSwift(name string, v values) (runner.Contestant, error) {
	return port(name, &strategies.Swift{
		Retries: v.count("retries"), StartingBackoff: v.duration("starting_backoff"), MaxBackoff: v.duration("max_backoff"),
		RetryOnRatelimit: v.flag("retry_on_ratelimit"),
	}), nil
}

func newNeutron(name string, v values) (runner.Contestant, error) {
	return port(name, &strategies.Neutron{Retries: v.count("retries"), Interval: v.duration("retry_interval")}), nil
}

func newDistant(kind strategies.DistantKind) func(string, values) (runner.Contestant, error) {
	return func(name string, v values) (runner.Contestant, error) {
		d := &strategies.Distant{Kind: kind, When: anyMethod()}
		if kind != strategies.DistantFail {
			d.Base, d.MaxRetries = v.duration("base"), v.count("max_retries")
		}
		if kind == strategies.DistantExponential || kind == strategies.DistantFibonacci {
			d.MaxDuration = v.duration("max_duration")
		}
		if kind == strategies.DistantExponential {
			d.Factor = v.number("factor")
		}
		return port(name, d), nil
	}
}

// newSaharaOverSwift sets swiftclient as Sahara does: as many retries as its own, and waits of retry_after.
func newSaharaOverSwift(name string, v values) (runner.Contestant, error) {
	outer := sahara(v)
	inner := &strategies.Swift{
		Retries: outer.RetriesNumber, StartingBackoff: outer.RetryAfter, MaxBackoff: outer.RetryAfter, RetryOnRatelimit: true,
	}
	return port(name, outer, inner), nil
}

// port is a stack of one retry layer for each policy, outermost first.
func port(name string, policies ...transport.Policy) *stack {
	return &stack{name, func(c runner.Client) []transport.Layer {
		var layers []transport.Layer
		for _, p := range policies {
			layers = append(layers, transport.Retry(p.For, transport.Seeded(child(c))))
		}
		return layers
	}}
}
