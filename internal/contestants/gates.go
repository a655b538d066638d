package contestants

import (
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// gates returns the rows that are exponential over a gate that all calls of a client share.
func gates() []Contestant {
	row := func(name, summary string, gate func(v values) strategies.Gate, params ...Param) Contestant {
		return Contestant{
			Name: name, Kind: KindStack, Summary: summary, Params: append([]Param{attempts, base, capped}, params...),
			make: withExtras(func(v values) extras {
				return extras{below: []transport.Layer{transport.Gated(gate(v))}}
			}, strategies.Refusal), // an upload would fail for a single one
		}
	}
	rate := func(name, def, help string, search Range) Param {
		return Param{Name: name, Type: TypeNumber, Default: def, Help: help, Search: search}
	}
	count := func(name, def, help string, search Range) Param {
		return Param{Name: name, Type: TypeCount, Min: 1, Default: def, Help: help, Search: search}
	}
	open := Param{Name: "open", Type: TypeDuration, Default: "5s", Help: "How long it is open; a longer Retry-After goes before it.", Search: logs("100ms", "1m")}
	breaker := func(v values, b *strategies.Breaker) strategies.Gate {
		b.Open, b.Wait = v.duration("open"), true
		return b
	}
	return []Contestant{
		row("shared-pause", "exponential, and one Retry-After pauses all calls of the client instead of the one that got it.",
			func(v values) strategies.Gate {
				return &strategies.SharedPause{Jitter: v.duration("pause_jitter"), Cap: v.duration("pause_cap")}
			},
			Param{Name: "pause_jitter", Type: TypeDuration, Default: "0s", Help: "Random wait on top of a pause, to one side only.", Search: searchPause},
			Param{Name: "pause_cap", Type: TypeDuration, Default: "0s", Help: "Longest pause that one answer can order. 0s: any."}),
		row("server-limits", "exponential, and keeps to what the server tells in RateLimit and RateLimit-Policy (IETF draft).",
			func(v values) strategies.Gate { return &strategies.ServerLimits{} }),
		row("token-bucket", "exponential over a rate limit of its own. It has to be told the rate.",
			func(v values) strategies.Gate {
				return &strategies.TokenBucket{Rate: v.number("rate"), Burst: v.number("burst")}
			},
			rate("rate", "100", "Attempts per second. 0: no limit.", searchRate), rate("burst", "10", "Attempts at once after a rest. 0: one.", logs("1", "100"))),
		row("aimd-rate", "exponential over a rate limit that finds its rate: a little more with success, half after throttling.",
			func(v values) strategies.Gate {
				return &strategies.AIMDRate{Start: v.number("rate"), Gain: v.number("gain"), Cut: v.number("cut"), Burst: v.number("burst")}
			},
			rate("rate", "10", "Attempts per second at the beginning. 0: 10.", searchRate), rate("gain", "1", "Attempts per second that a second adds. 0: 1.", logs("0.1", "100")),
			rate("cut", "0.5", "What is left of the rate after throttling. 0: 0.5.", evenly("0.1", "0.95")), rate("burst", "4", "Attempts at once after a rest. 0: one.", logs("1", "100"))),
		row("aws-cubic", "exponential over the rate limit of the AWS SDKs' adaptive mode, in the order of arrival.",
			func(v values) strategies.Gate { return &strategies.AWSCubic{} }),
		row("sre-throttle", "exponential over the SRE book's client-side throttling: refuses by dice what the server would reject.",
			func(v values) strategies.Gate {
				free := v.count("min_requests")
				if free == 0 {
					free = -1
				}
				return &strategies.SREThrottle{K: v.number("k"), Window: v.duration("window"), MinRequests: free}
			},
			rate("k", "2", "Requests per accepted one that it aims at, at least 1.", evenly("1", "4")),
			Param{Name: "window", Type: TypeDuration, Default: "2m", Help: "Over which it counts.", Search: logs("5s", "5m")},
			Param{Name: "min_requests", Type: TypeCount, Default: "20", Help: "Requests of a window that are never refused; the package has 100, more than a short trial has. 0: none."}),
		row("limit-aimd", "exponential over a bound on attempts in flight that grows by one and falls by a tenth (Netflix's AIMD).",
			func(v values) strategies.Gate {
				return &strategies.AIMDLimit{Min: v.count("min"), Initial: v.count("initial")}
			}, count("min", "1", "In flight at least; Netflix has 20.", Range{}), count("initial", "8", "In flight at the beginning; Netflix has 20.", searchInFlight)),
		row("limit-vegas", "exponential over a bound on attempts in flight that goes by their delay (Netflix's Vegas).",
			func(v values) strategies.Gate { return &strategies.VegasLimit{Initial: v.count("initial")} },
			count("initial", "8", "In flight at the beginning; Netflix has 20.", searchInFlight)),
		row("limit-gradient2", "exponential over a bound on attempts in flight that goes by how their delay changes (Netflix's Gradient2).",
			func(v values) strategies.Gate {
				return &strategies.Gradient2Limit{Min: v.count("min"), Initial: v.count("initial")}
			}, count("min", "1", "In flight at least; Netflix has 20.", Range{}), count("initial", "8", "In flight at the beginning; Netflix has 20.", searchInFlight)),
		row("bulkhead", "exponential over a fixed bound on attempts in flight, given back while a call backs off.",
			func(v values) strategies.Gate { return &strategies.Bulkhead{Max: v.count("max")} },
			count("max", "4", "Attempts in flight.", searchInFlight)),
		row("breaker-consecutive", "exponential over a circuit breaker that opens after failures in a row, and makes calls wait for its probe.",
			func(v values) strategies.Gate { return breaker(v, &strategies.Breaker{Failures: v.count("failures")}) },
			count("failures", "5", "Failures in a row.", logs("2", "50")), open),
		row("breaker-ratio", "exponential over a circuit breaker that opens when half of 30 s failed.",
			func(v values) strategies.Gate {
				return breaker(v, &strategies.Breaker{FailureRatio: v.number("ratio")})
			}, rate("ratio", "0.5", "Share of failed attempts.", evenly("0.1", "0.9")), open),
		row("breaker-slow", "exponential over a circuit breaker that opens when attempts get slow, or half of them fail.",
			func(v values) strategies.Gate {
				return breaker(v, &strategies.Breaker{FailureRatio: 0.5, SlowRatio: v.number("ratio"), Slow: v.duration("slow")})
			}, rate("ratio", "0.5", "Share of slow attempts.", evenly("0.1", "0.9")), Param{Name: "slow", Type: TypeDuration, Default: "5s", Help: "What is slow.", Search: logs("100ms", "1m")}, open),
		{
			Name: "hedged", Kind: KindStack,
			Summary: "exponential, and an attempt that takes longer than most is sent once more; the first answer wins.",
			Params: []Param{attempts, base, capped,
				{Name: "after", Type: TypeDuration, Default: "0s", Help: "When the copy is sent. 0s: after the 95th percentile of the last hundred answers.", Search: logs("50ms", "30s", "0s")},
				rate("share", "0.1", "Copies per attempt over time. 0: 0.1.", logs("0.01", "0.5"))},
			make: withExtras(func(v values) extras {
				return extras{below: []transport.Layer{transport.Hedged(transport.Hedging{After: v.duration("after"), Share: v.number("share")})}}
			}),
		},
		{
			Name: "attempt-timeout", Kind: KindStack,
			Summary: "exponential, and an attempt without an answer is given up after a time.",
			Params: []Param{attempts, base, capped,
				{Name: "timeout", Type: TypeDuration, Default: "30s", Help: "How long an attempt may take. 0s: for ever.", Search: logs("1s", "5m", "0s")}},
			make: withExtras(func(v values) extras {
				return extras{below: []transport.Layer{transport.AttemptTimeout(v.duration("timeout"))}}
			}),
		},
	}
}
