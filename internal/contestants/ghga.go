package contestants

import (
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// ghgaRows returns the designs of GHGA's epic "Laotian Rock Rat", the one that shipped and the one that was dropped, and the
// shipped one as two of its users set it.
func ghgaRows() []Contestant {
	retry, shipped := ghgaRetryParams(), ghgaParams()
	return []Contestant{
		{
			Name: "ghga-python", Kind: KindStack, Params: shipped, make: newGHGAPython,
			Summary: "The httpx transports of ghga-service-commons 7: retry over a rate limit with shared state, flaws included.",
		},
		{
			Name: "ghga-connector", Kind: KindStack, Params: append(shipped[:len(shipped):len(shipped)], ghgaConnections("5")), make: newGHGAPython,
			Summary: "ghga-python as the GHGA Connector sets it: a pool of five connections. It sends parts of 64 MiB.",
		},
		{
			Name: "ghga-datasteward", Kind: KindStack, Params: append(shipped[:len(shipped):len(shipped)], ghgaConnections("10")), make: newGHGAPython,
			Summary: "ghga-python as the datasteward kit sets it: ten transfers at a time. It sends parts of 16 MiB.",
		},
		{
			Name: "ghga-epic", Kind: KindStack, make: newGHGAEpic,
			Summary: "GHGA's first sketch, dropped for lack of evidence: a limit for each of n connections, forgotten after N requests.",
			Params: append(retry[:len(retry):len(retry)],
				Param{Name: "connections", Type: TypeCount, Min: 1, Default: "5", Help: "Pools of size one: requests in flight at most.", Search: searchInFlight},
				Param{Name: "jitter", Type: TypeDuration, Default: "0s", Help: "Before each request it waits for the longer of the hint and a random part of this.", Search: searchPause},
				Param{Name: "forget_after", Type: TypeCount, Min: 1, Default: "1", Help: "Requests on its connection that a Retry-After holds for.", Search: searchInFlight}),
		},
	}
}

// ghgaRetryParams are those of ghga-service-commons' retries.
func ghgaRetryParams() []Param {
	return []Param{
		{Name: "num_retries", Type: TypeCount, Default: "3", Help: "Attempts in all, in spite of its name. 0 and 1: one attempt.", Search: searchAttempts},
		{Name: "exponential_backoff_max", Type: TypeDuration, Default: "60s", Help: "Cap of the waits of 1 s, 2 s, 4 s, … 0s: no waits.", Search: logs("1s", "2m").by("1s")},
		{Name: "retry_status_codes", Type: TypeStatuses, Default: "408,429,500,502,503,504", Help: "Statuses that are retried, with commas between."},
	}
}

// ghgaParams are those of its retries and of its rate limit.
func ghgaParams() []Param {
	return append(ghgaRetryParams(),
		Param{Name: "per_request_jitter", Type: TypeDuration, Default: "0s", Help: "Random wait before every request.", Search: searchPause},
		Param{Name: "retry_after_applicable_for_num_requests", Type: TypeCount, Min: 1, Default: "1", Help: "Answers after which a Retry-After is forgotten.", Search: searchInFlight})
}

// ghgaConnections is the size of its pool.
func ghgaConnections(def string) Param {
	return Param{Name: "max_connections", Type: TypeCount, Min: 1, Default: def, Help: "Connections of its pool: requests in flight at most, answers that are being read among them, whatever the concurrency.", Search: searchInFlight}
}

func ghgaRetry(v values) transport.Layer {
	return transport.GHGARetry(transport.GHGARetryConfig{
		NumRetries:            v.count("num_retries"),
		ExponentialBackoffMax: v.duration("exponential_backoff_max"),
		RetryStatusCodes:      v.statuses("retry_status_codes"),
	})
}

func newGHGAPython(name string, v values) (runner.Contestant, error) { return ghgaStack(name, v), nil }

// ghgaStack is the stack that shipped.
func ghgaStack(name string, v values) *stack {
	limit := transport.GHGARateLimitConfig{
		PerRequestJitter:                   v.duration("per_request_jitter"),
		RetryAfterApplicableForNumRequests: v.count("retry_after_applicable_for_num_requests"),
	}
	return &stack{name, func(c runner.Client) []transport.Layer {
		limit := limit
		limit.Rand = child(c)
		layers := []transport.Layer{ghgaRetry(v), transport.GHGARateLimit(limit)}
		if n, ok := v["max_connections"]; ok { // it waits before a connection is taken, and has it until the answer is read, as httpx does
			layers = append(layers, transport.Gated(&strategies.Bulkhead{Max: n.(int)}, transport.UntilRead()))
		}
		return layers
	}}
}

func newGHGAEpic(name string, v values) (runner.Contestant, error) {
	cfg := transport.GHGAEpicConfig{
		Connections: v.count("connections"), Jitter: v.duration("jitter"), ForgetAfter: v.count("forget_after"),
	}
	return &stack{name, func(c runner.Client) []transport.Layer {
		return []transport.Layer{ghgaRetry(v), transport.GHGAEpic(cfg, transport.Seeded(child(c)))}
	}}, nil
}
