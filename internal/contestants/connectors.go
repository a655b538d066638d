package contestants

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/strategies"
	"github.com/ratebench/ratebench/transport"
)

// connectors returns the rows that are the whole GHGA Connector: a stack, and what goes on above it. They move files of kind ghga and
// nothing else.
func connectors() []Contestant {
	tries, first, longest := attempts, base, capped
	tries.Default, first.Default, longest.Default = strconv.Itoa(connector.Fixed().PartAttempts), "200ms", "20s"
	timeout := Param{Name: "timeout", Type: TypeDuration, Default: "60s", Help: "An attempt in which for so long no byte has moved is ended, and may be tried again. 0s: never."}
	hint := Param{Name: "hint_jitter", Type: TypeDuration, Default: "500ms", Help: "Random wait on top of a Retry-After.", Search: searchPause}
	return []Contestant{
		{
			Name: "connector-as-is", Kind: KindConnector, make: newConnectorAsIs,
			Summary: "The GHGA Connector 3.1.0: ghga-connector's stack, and a part that fails ends its file, which begins again.",
			Params:  slices.Concat(ghgaParams(), []Param{ghgaConnections("5"), timeout}, unsearched(behaviourParams(connector.AsIs()))),
		},
		{
			Name: "connector-fixed", Kind: KindConnector, make: newConnectorFixed,
			Summary: "The GHGA Connector mended: repeats what may be repeated, one pause for all, fresh part URLs, and nothing brought is lost.",
			Params:  slices.Concat([]Param{tries, first, longest, hint, timeout}, behaviourParams(connector.Fixed())),
		},
	}
}

// unsearched are parameters for which no search looks unless it is asked to: GHGA Connector 3.1.0 has no keys for what it does above its stack, but
// for max_wait_time, so a value that is found there could not be set.
func unsearched(params []Param) []Param {
	for i := range params {
		params[i].Search = Range{}
	}
	return params
}

// connectorStack implements workloads.ConnectorContestant.
type connectorStack struct {
	*stack
	behaviour connector.Behaviour
}

// Behaviour implements workloads.ConnectorContestant.
func (c *connectorStack) Behaviour() connector.Behaviour { return c.behaviour }

func newConnectorAsIs(name string, v values) (runner.Contestant, error) {
	s := ghgaStack(name, v)
	above := s.layers
	s.layers = func(c runner.Client) []transport.Layer { return append(above(c), idleTimeout(v)) }
	return &connectorStack{s, connectorBehaviour(v)}, nil
}

// idleTimeout is httpx's timeout, which bounds each step: making a connection, writing, and reading. It stands under the retries and the limits, as
// in httpx, but that a wait for one of the pool's connections is not bounded: a Connector has as many as it has parts in flight.
func idleTimeout(v values) transport.Layer { return transport.IdleTimeout(v.duration("timeout")) }

// newConnectorFixed makes the stack that the mended Connector has. Of the requests that are not idempotent it repeats those that the connector
// vouches for. There is one that it does not, the creation of an upload: where that is refused with 429 the Connector waits for a place, in rounds of
// its own, and a stack that asked again besides would multiply them. Hints hold on 429 and 503 and however long they are: a token that runs out meanwhile is renewed. Who waits already looks again
// when its time is over, so a newer hint holds it too, and no success of what was in flight shortens it.
func newConnectorFixed(name string, v values) (runner.Contestant, error) {
	b, err := fullJitter(v)
	if err != nil {
		return nil, err
	}
	p := strategies.Policy{
		Attempts: v.count("attempts"), Backoff: b, When: strategies.Transient(), HintJitter: v.duration("hint_jitter"),
	}
	creation := p
	creation.When = strategies.Transient()
	creation.When.Statuses = slices.DeleteFunc(creation.When.Statuses, func(status int) bool { return status == http.StatusTooManyRequests })
	retrier := func(c *strategies.Call) strategies.Retrier {
		if c.Idempotent {
			return p.For(c)
		}
		return creation.For(c)
	}
	return &connectorStack{&stack{name, func(c runner.Client) []transport.Layer {
		return []transport.Layer{
			transport.Retry(retrier, transport.Seeded(child(c))),
			transport.Gated(&strategies.SharedPause{Jitter: v.duration("hint_jitter")}, transport.Seeded(child(c))),
			idleTimeout(v),
		}
	}}, connectorBehaviour(v)}, nil
}
