package scenarios

import (
	"fmt"
	"slices"

	"github.com/ratebench/ratebench/faultserver/faults"
)

// The limits of fleets.
const (
	maxHTTPClients = 10_000
	maxCallSize    = 1 << 30 // bytes
)

// calls checks a workload of kind calls.
func (c *checker) calls() {
	w := c.Workload
	for _, key := range []string{"part_size", "concurrency", "objects", "part_urls", "stand_in"} {
		if c.given("workload."+key) && !c.own(key) {
			c.fail("workload."+key, "calls have none: they are single PUTs of object_size; remove it, or write kind: upload")
		}
	}
	if w.ObjectSize > maxCallSize {
		c.fail("workload.object_size", "%s is too large for a call: write 1GiB or less, or kind: upload", w.ObjectSize)
	}
	if w.ArrivalRate == 0 {
		c.fail("workload.arrival_rate", "calls come at a rate: write one for each client, such as 0.2/s")
	}
	if w.Duration == 0 {
		c.fail("workload.duration", "calls need an end: write a duration such as 60s")
	}
	if w.Payload != "counted" {
		c.fail("workload.payload", "the service that takes calls looks at no byte: write counted, or remove it")
	}
	if c.Backend.Kind != "embedded" {
		c.fail("backend.kind", "calls go to a service that is built in, not to %s: write embedded, or kind: upload", c.Backend.Kind)
	}
	if w.Wire == "http" && w.Clients > maxHTTPClients {
		c.fail("workload.clients", "%d clients with connections of their own are too many: write %d or less, or wire: direct", w.Clients, maxHTTPClients)
	}
	if w.Records == "attempts" && w.Clients > 10*manyClients {
		c.fail("workload.records", "a row of every attempt of %d clients is too much to keep: write aggregate", w.Clients)
	}
	for i, p := range w.Load {
		if i > 0 && p.At <= w.Load[i-1].At {
			c.fail(fmt.Sprintf("workload.load.%d.at", i), "%s is not later than the point before, %s: write them in order", p.At, w.Load[i-1].At)
		}
	}
	if n := len(w.Load); n > 0 && w.Load[0].Times == 0 && n == 1 {
		c.fail("workload.load", "0 times the rate is no load at all: write more, or another point")
	}
	if w.Wire == "direct" {
		c.direct()
	}
}

// own reports whether a value that calls may not have is the one that resolving gives them, so that a resolved scenario
// is a scenario.
func (c *checker) own(key string) bool {
	w := c.Workload
	switch key {
	case "part_size":
		return len(w.PartSize) == 1 && w.PartSize[0] == w.ObjectSize
	case "concurrency":
		return len(w.Concurrency) == 1 && w.Concurrency[0] == 1
	}
	return false
}

// direct refuses faults that need a connection.
func (c *checker) direct() {
	for i := range c.Faults {
		name, config, n := c.Faults[i].Set()
		if n != 1 {
			continue // said already
		}
		at := slices.IndexFunc(faults.Builtin(), func(k faults.Kind) bool { return k.Name == name })
		kind := faults.Builtin()[at]
		early, _ := config.(interface{ Early() bool })
		cuts := (name == "reset" || name == "fin") && !early.Early()
		if kind.Only != "" || kind.Family == "connections" && !cuts || name == "restart" || kind.Family == "payload" && kind.Effect == faults.Fails {
			c.fail(fmt.Sprintf("faults.%d.%s", i, name), "%s needs a connection, and wire: direct has none: write wire: http, or remove the rule", name)
		}
	}
}

// uploadsOnly refuses what belongs to calls.
func (c *checker) uploadsOnly() {
	w := c.Workload
	if w.Wire == "direct" {
		c.fail("workload.wire", "uploads need connections: remove it, or write kind: calls")
	}
	if w.Records == "aggregate" {
		c.fail("workload.records", "uploads are verified part by part: remove it, or write kind: calls")
	}
	if len(w.Load) > 0 {
		c.fail("workload.load", "is for calls: remove it, or write kind: calls")
	}
	if w.Clients > maxHTTPClients {
		c.fail("workload.clients", "%d clients with connections of their own are too many: write %d or less", w.Clients, maxHTTPClients)
	}
}

// missing complains of a list that uploads need.
func (c *checker) missing(key string, n int, example string) {
	if n == 0 && !c.given("workload."+key) {
		c.fail("workload."+key, "is missing: write one, such as %s: %s", key, example)
	}
}
