package contestants

import "github.com/ratebench/ratebench/strategies"

// budgets returns the rows that are exponential with a bound on the retries of all calls of a client together.
func budgets() []Contestant {
	row := func(name, summary string, budget func(v values) strategies.Budget, params ...Param) Contestant {
		return Contestant{
			Name: name, Kind: KindStack, Summary: summary, Params: append([]Param{attempts, base, capped}, params...),
			make: withExtras(func(v values) extras { return extras{budget: budget(v)} }),
		}
	}
	share := func(def, help string) Param {
		return Param{Name: "share", Type: TypeNumber, Default: def, Help: help, Search: logs("0.01", "1")}
	}
	return []Contestant{
		row("budget-finagle", "exponential, with Finagle's budget: a fifth of the calls of 10 s, and 10 retries per second free.",
			func(v values) strategies.Budget {
				free := v.number("min_per_second")
				if free == 0 {
					free = -1
				}
				return &strategies.FinagleBudget{Percent: v.number("share"), MinPerSecond: free}
			},
			share("0.2", "Retries per call. 0: 0.2."),
			Param{Name: "min_per_second", Type: TypeNumber, Default: "10", Help: "Retries per second that are free. 0: none.", Search: logs("0.1", "100")}),
		row("budget-envoy", "exponential, with Envoy's retry_budget: retries in flight are a fifth of the calls in flight, or three.",
			func(v values) strategies.Budget {
				least := v.count("min")
				if least == 0 {
					least = -1
				}
				return &strategies.InFlightBudget{Percent: v.number("share"), Min: least}
			},
			share("0.2", "Retries in flight per call in flight. 0: 0.2."),
			Param{Name: "min", Type: TypeCount, Default: "3", Help: "Retries in flight that are always granted. 0: none.", Search: searchInFlight}),
		row("budget-grpc", "exponential, with gRPC's throttling: a failure costs a token, a success gives a tenth back, half of ten must be left.",
			func(v values) strategies.Budget {
				return &strategies.GRPCThrottling{Max: v.number("tokens"), Ratio: v.number("share")}
			},
			Param{Name: "tokens", Type: TypeNumber, Default: "10", Help: "Tokens at most. 0: 10.", Search: logs("2", "500")},
			share("0.1", "Tokens for a success. 0: 0.1.")),
		row("budget-aws", "exponential, with the AWS SDKs' retry quota as it was: 500 tokens, 5 for a retry, 10 after a timeout.",
			func(v values) strategies.Budget { return &strategies.AWSQuota{} }),
		row("budget-aws-2026", "exponential, with the AWS SDKs' retry quota of 2026: 14 tokens for a retry, 5 after throttling.",
			func(v values) strategies.Budget { return &strategies.AWSQuota{New2026: true} }),
		row("budget-brooker", "exponential, with Brooker's bucket: a success gives a tenth of a token, a retry takes one.",
			func(v values) strategies.Budget {
				return &strategies.TokenBudget{Deposit: v.number("share"), Capacity: v.number("tokens")}
			},
			Param{Name: "tokens", Type: TypeNumber, Default: "10", Help: "Tokens at most. 0: 10.", Search: logs("2", "500")},
			share("0.1", "Tokens for a success. 0: 0.1.")),
		row("budget-sre", "exponential, with the SRE book's budget: a tenth of a client's requests of two minutes may be retries.",
			func(v values) strategies.Budget { return &strategies.RatioBudget{Ratio: v.number("share")} },
			share("0.1", "Retries per request. 0: 0.1.")),
		row("budget-bytes", "exponential, with a budget of bytes: retries may send a fifth of what got through, and a reserve.",
			func(v values) strategies.Budget {
				return &strategies.ByteBudget{Ratio: v.number("share"), Reserve: v.size("reserve")}
			},
			share("0.2", "Bytes of retries per byte that got through. 0: 0.2."),
			Param{Name: "reserve", Type: TypeSize, Default: "256MiB", Help: "Bytes of retries at the beginning, and at most. 0B: 256MiB.", Search: logs("8MiB", "4GiB").by("1MiB")}),
	}
}
