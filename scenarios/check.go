package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// The limits of S3's multipart uploads.
const (
	minPart  = 5 * units.MiB
	maxPart  = 5 * units.GiB
	maxParts = 10_000

	leastStandIn = units.KiB
)

// maxTrials bounds the grid: more is a slip of the pen, not an experiment.
const maxTrials = 100_000

// checker finds what is impossible in a scenario that is well formed and resolved.
type checker struct {
	*Scenario
	rulesOnly bool
	known     map[string][]string
	check     func(Workload, Contestant) error
	places    map[string]*node
	problems  []Problem
}

// fail notes a problem with the value at a dotted path, at its place in the file or at that of the nearest mapping or
// list around it where the value was left out.
func (c *checker) fail(path, format string, args ...any) {
	at := path
	for c.places[at] == nil {
		at = at[:max(0, strings.LastIndexByte(at, '.'))]
	}
	c.problems = append(c.problems, *c.places[at].problem(path + ": " + fmt.Sprintf(format, args...)))
}

// given reports whether the file has a value at path, so that a 0 that was written differs from one left out.
func (c *checker) given(path string) bool { return c.places[path] != nil }

func (c *checker) all() {
	if !plainName(c.Name) {
		c.fail("name", "%q is no name for a scenario: %s", clip(c.Name), wantedName)
	}
	if c.given("network.bandwidth") && c.Network.Bandwidth == 0 {
		c.fail("network.bandwidth", "0 would let nothing through: write more, or remove the key for no limit")
	}
	if !c.rulesOnly || c.given("workload") {
		c.workload()
	}
	c.backend()
	c.time()
	c.phases()
	for i := range c.Faults {
		c.rule(i)
	}
	if !c.rulesOnly || c.given("contestants") {
		c.contestants()
	}
	c.thresholds()
	if n := c.trials(); n > maxTrials {
		c.fail("repeats", "the grid has %d trials: make it smaller, at most %d", n, maxTrials)
	}
}

func (c *checker) workload() {
	w := c.Workload
	if w.ObjectSize == 0 && len(w.Mix) == 0 {
		c.fail("workload.object_size", "0 is not possible: write a size such as 256MiB")
	}
	c.ghgaOnly()
	if w.Kind == KindCalls {
		c.calls()
		return
	}
	c.uploadsOnly()
	if w.Kind == KindGHGA {
		c.ghga()
	}
	for i, size := range w.PartSize {
		path := fmt.Sprintf("workload.part_size.%d", i)
		switch parts := Parts(int64(w.ObjectSize), int64(max(size, 1))); {
		case size < w.leastPart():
			c.fail(path, "%s is under %s", size, w.leastPartName())
		case size > maxPart:
			c.fail(path, "%s is over S3's largest part size: write 5GiB or less", size)
		case parts > maxParts && w.Kind != KindGHGA: // the Connector chooses larger ones then
			least := (w.ObjectSize + maxParts - 1) / maxParts
			least = (least + units.MiB - 1) / units.MiB * units.MiB
			c.fail(path, "an object of %s would have %d parts of %s, S3 allows %d: write %s or more, or a smaller object_size",
				w.ObjectSize, parts, size, maxParts, least)
		case slices.Contains(w.PartSize[:i], size):
			c.fail(path, "%s is in the list twice: remove one", size)
		}
	}
	if w.Payload == "counted" && c.Backend.Kind != "embedded" {
		c.fail("workload.payload", "counted needs the embedded backend, and backend.kind is %s: remove one of them", c.Backend.Kind)
	}
	if w.Payload == "counted" && c.Backend.Keep == "bytes" {
		c.fail("workload.payload", "counted leaves nothing to keep, and backend.keep is bytes: remove one of them")
	}
	if w.StandIn > 0 && w.Payload != "counted" {
		c.fail("workload.stand_in", "a part of which not every byte flows cannot be digested: write payload: counted")
	}
	if c.given("workload.stand_in") && w.StandIn < leastStandIn {
		c.fail("workload.stand_in", "%s is too little to carry an upload's small requests: write %s or more", w.StandIn, leastStandIn)
	}
	for i, n := range w.Concurrency {
		if slices.Contains(w.Concurrency[:i], n) {
			c.fail(fmt.Sprintf("workload.concurrency.%d", i), "%d is in the list twice: remove one", n)
		}
	}
	c.missing("part_size", len(w.PartSize), "8MiB")
	c.missing("concurrency", len(w.Concurrency), "4")
	if len(w.PartSize) == 0 && c.given("workload.part_size") {
		c.fail("workload.part_size", "the list is empty: write a size such as 8MiB")
	}
	if len(w.Concurrency) == 0 && c.given("workload.concurrency") {
		c.fail("workload.concurrency", "the list is empty: write a number such as 4")
	}
	if c.given("workload.arrival_rate") && w.Kind != KindGHGA {
		if w.ArrivalRate == 0 {
			c.fail("workload.arrival_rate", "0/s would start nothing: write a rate such as 2/s, or remove the key for a closed loop")
		} else if w.Duration == 0 && w.Objects == 0 {
			c.fail("workload.arrival_rate", "an open loop needs an end: write workload.duration, workload.objects or both")
		}
	}
}

func (c *checker) time() {
	if c.given("workload.duration") && c.Workload.Duration == 0 {
		c.fail("workload.duration", "0s would end a trial before it begins: write more, or remove the key")
	}
	if c.given("timeout") && c.Timeout == 0 {
		c.fail("timeout", "0s would end a trial before it begins: write more, or remove the key for 2m")
	}
	end, what := c.Timeout, "timeout"
	if d := c.Workload.Duration; d > 0 {
		if d >= c.Timeout {
			c.fail("workload.duration", "%s is not shorter than timeout, which is %s: write a longer timeout", d, c.Timeout)
		}
		end, what = d, "workload.duration"
	}
	if c.WarmUp >= end && end > 0 {
		c.fail("warm_up", "%s would leave nothing that counts: write less than %s, which is %s", c.WarmUp, what, end)
	}
}

func (c *checker) phases() {
	for i, p := range c.Phases {
		path := fmt.Sprintf("phases.%d", i)
		if !plainName(p.Name) {
			c.fail(path+".name", "%q is no name for a phase: %s", clip(p.Name), wantedName)
		}
		if slices.ContainsFunc(c.Phases[:i], func(o Phase) bool { return o.Name == p.Name }) {
			c.fail(path+".name", "two phases are called %s: rename one", p.Name)
		}
		switch last := i == len(c.Phases)-1; {
		case p.For == 0 && c.given(path+".for"):
			c.fail(path+".for", "a phase of 0s never is: write a duration such as 10s, or remove the phase")
		case p.For == 0 && !last:
			c.fail(path+".for", "is missing: every phase but the last needs a length, such as for: 10s")
		}
	}
}
