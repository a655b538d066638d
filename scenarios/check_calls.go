package scenarios

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/faultserver/faults"
)

// The limits of fleets.
const (
	maxHTTPClients = 10_000
	maxWorkers     = 100_000
	maxCallSize    = 1 << 30 // bytes
)

// calls checks a workload of kind calls.
func (c *checker) calls() {
	w := c.Workload
	for _, key := range []string{"part_size", "part_urls", "stand_in"} {
		if c.given("workload."+key) && !c.own(key) {
			c.fail("workload."+key, "calls have none: each is a single request; remove it, or write kind: upload")
		}
	}
	c.mix()
	c.loop()
	if w.Payload != "counted" {
		c.fail("workload.payload", "nobody looks at the bytes of calls: write counted, or remove it")
	}
	if why := w.Unfit(c.Backend.Kind); why != "" {
		c.fail("backend.kind", "%s", why)
	}
	if w.Wire == "http" && w.Clients > maxHTTPClients {
		c.fail("workload.clients", "%d clients with connections of their own are too many: write %d or less, or wire: direct", w.Clients, maxHTTPClients)
	}
	if w.Records == "attempts" && w.Clients > 10*manyClients {
		c.fail("workload.records", "a row of every attempt of %d clients is too much to keep: write aggregate", w.Clients)
	}
	if w.Wire == "direct" {
		c.direct()
	}
}

// mix checks what the calls are.
func (c *checker) mix() {
	w := c.Workload
	if c.given("workload.mix") && len(w.Mix) == 0 {
		c.fail("workload.mix", "the list is empty: write at least one call, such as {method: GET, size: 4KiB}")
		return
	}
	if len(w.Mix) > 0 && c.given("workload.object_size") && !c.own("object_size") {
		c.fail("workload.object_size", "the calls of a mix have sizes of their own: remove it")
	}
	if len(w.Mix) == 0 && w.ObjectSize > maxCallSize {
		c.fail("workload.object_size", "%s is too large for a call: write 1GiB or less, or kind: upload", w.ObjectSize)
	}
	for i, call := range w.Mix {
		at := fmt.Sprintf("workload.mix.%d", i)
		if call.Weight <= 0 || c.given(at+".weight") && strings.Trim(c.places[at+".weight"].text, "0.") == "" {
			c.fail(at+".weight", "a call that never comes is none: write more than 0, or remove it")
		}
		if call.Size > maxCallSize {
			c.fail(at+".size", "%s is too large for a call: write 1GiB or less", call.Size)
		}
		if call.Size > 0 && (call.Method == http.MethodHead || call.Method == http.MethodDelete) {
			c.fail(at+".size", "%s has no body: remove it", call.Method)
		}
		if call.IdempotencyKey && call.Method != http.MethodPost && call.Method != http.MethodPatch {
			c.fail(at+".idempotency_key", "%s may be repeated without a key: remove it", call.Method)
		}
		if call.Path != "" && (call.Path[0] != '/' || strings.ContainsAny(call.Path, "?#")) {
			c.fail(at+".path", "%q is no path: write one that begins with / and has no ? or #, such as /servers/{n}", clip(call.Path))
		}
	}
}

// loop checks when calls come, and that they end.
func (c *checker) loop() {
	w := c.Workload
	open := w.ArrivalRate > 0
	if c.given("workload.arrival_rate") && !open {
		c.fail("workload.arrival_rate", "0/s would start nothing: write a rate such as 0.2/s, or remove the key for a closed loop")
		return
	}
	if w.Duration == 0 && w.Objects == 0 && !c.given("workload.duration") {
		c.fail("workload.duration", "calls need an end: write a duration such as 60s, objects (calls per client), or both")
	}
	if open {
		if c.given("workload.concurrency") && !c.own("concurrency") {
			c.fail("workload.concurrency", "calls that come at a rate do not wait for each other: remove it, or arrival_rate for a closed loop")
		}
		if w.ThinkTime > 0 {
			c.fail("workload.think_time", "calls that come at a rate do not wait for each other: remove it, or arrival_rate for a closed loop")
		}
	} else {
		for _, key := range []string{"arrivals", "load"} {
			if c.given("workload." + key) {
				c.fail("workload."+key, "is about calls that come at a rate: write arrival_rate, or remove it")
			}
		}
	}
	for i, n := range w.Concurrency {
		if slices.Contains(w.Concurrency[:i], n) {
			c.fail(fmt.Sprintf("workload.concurrency.%d", i), "%d is in the list twice: remove one", n)
		}
		if n == slices.Max(w.Concurrency) && n*w.Clients > maxWorkers {
			c.fail(fmt.Sprintf("workload.concurrency.%d", i), "%d calls in flight for each of %d clients are too many for a closed loop: "+
				"write at most %d in all, or an arrival_rate", n, w.Clients, maxWorkers)
		}
	}
	if len(w.Concurrency) == 0 && c.given("workload.concurrency") {
		c.fail("workload.concurrency", "the list is empty: write a number such as 4")
	}
	c.load()
}

// load checks how the rate changes.
func (c *checker) load() {
	w := c.Workload
	for i, p := range w.Load {
		if i > 0 && p.At <= w.Load[i-1].At {
			c.fail(fmt.Sprintf("workload.load.%d.at", i), "%s is not later than the point before, %s: write them in order", p.At, w.Load[i-1].At)
		}
	}
	if n := len(w.Load); n == 1 && w.Load[0].Times == 0 {
		c.fail("workload.load", "0 times the rate is no load at all: write more, or another point")
	}
	if len(w.Load) > 0 && w.Duration == 0 && !c.given("workload.duration") && w.Objects > 0 {
		c.fail("workload.load", "a load that changes with time needs an end in time: write workload.duration")
	}
}

// own reports whether a value that calls may not have is the one that resolving gives them, so that a resolved scenario
// is a scenario.
func (c *checker) own(key string) bool {
	w := c.Workload
	switch key {
	case "object_size":
		return w.ObjectSize == w.meanSize()
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
	for _, key := range []string{"load", "mix", "arrivals", "think_time"} {
		if c.given("workload." + key) {
			c.fail("workload."+key, "is for calls: remove it, or write kind: calls")
		}
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
