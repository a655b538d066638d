package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// mixedFleet is fleet with calls of all kinds.
var mixedFleet = strings.NewReplacer(
	"object_size: 20KiB", "mix: [{method: GET, size: 20KiB, weight: 4}, {method: POST, size: 4KiB, weight: 3}, "+
		"{method: POST, size: 4KiB, idempotency_key: true}, {method: DELETE}, {method: HEAD}, {method: PUT, size: 9KiB}]\n  arrivals: poisson",
	", match: {op: put_object}", "", "match: {op: put_object}, ", "").Replace(fleet)

const stall = `
version: 1
name: stall
network: {latency: 1ms}
workload: {kind: calls, clients: 1, object_size: 1KiB, arrival_rate: 20/s, duration: 40s}
phases: [{name: before, for: 10s}, {name: stall, for: 10s}, {name: after}]
faults: [{name: stall, when: {phase: stall}, status: {code: 503, retry_after: {value: 10s}}}]
contestants: [{name: immediate, with: {attempts: 1}}, {name: shared-pause, with: {attempts: 100, base: 10s, cap: 10s}}]
oracle: false
`

// A service that stalls for a quarter of the time is in the percentiles of an open loop, since times count from the planned
// start: it is there for a client that pauses between its calls too, whose calls are all quick once they are sent.
func TestStallsAreNotOmitted(t *testing.T) {
	for _, o := range inVirtualTime(t, "stall", []byte(stall)) {
		r := o.Row
		var worst float64 // attempt
		for _, a := range o.Attempts {
			worst = max(worst, a.TookS)
		}
		if worst > 0.01 {
			t.Errorf("%s: an attempt took %v s", r.Contestant, worst)
		}
		switch r.Contestant {
		case "immediate": // its calls fail at once; those that succeed are quick
			if r.FailedCalls < 190 || r.P99S > 0.01 {
				t.Errorf("%s", show(r))
			}
		default: // two hundred of eight hundred calls wait for ten seconds at most, five on average
			if r.FailedCalls > 0 || r.P50S > 0.01 || r.P95S < 5 || r.P99S < r.P95S {
				t.Errorf("calls that waited are not in the percentiles: %s", show(r))
			}
			early := 0
			for _, a := range o.Attempts {
				if a.Attempt == 1 && a.StartS > 10.2 && a.StartS < 19.9 {
					early++
				}
			}
			if early > 5 {
				t.Errorf("%d calls began in the pause: the test shows nothing", early)
			}
		}
	}
}

// Calls of every kind repeat with the seed in both loops, and both wires and both ways to keep records agree on how many
// there are.
func TestMixedCallsRepeat(t *testing.T) {
	t.Parallel()
	clients := 15
	if raceEnabled {
		clients = 3
	}
	for name, set := range map[string][]string{
		"poisson": nil,
		// Without a bandwidth: with one, closed loops over HTTP have been seen to differ in who is first on the shared wire.
		"closed": {"network.bandwidth=", "workload.arrival_rate=", "workload.arrivals=", "workload.concurrency=[1,3]", "workload.think_time=400ms"},
		"number": {"network.bandwidth=", "workload.arrival_rate=", "workload.arrivals=", "workload.objects=20", "workload.duration="},
	} {
		t.Run(name, func(t *testing.T) {
			for _, wire := range []string{"workload.wire=http", "workload.wire=direct"} {
				set := append(set[:len(set):len(set)], wire, "oracle=true", fmt.Sprint("workload.clients=", clients))
				first := rows(inVirtualTime(t, "mixed", []byte(mixedFleet), set...))
				again := first
				if !raceEnabled {
					again = rows(inVirtualTime(t, "mixed", []byte(mixedFleet), set...))
				}
				for i, r := range first {
					if !reflect.DeepEqual(r, again[i]) {
						t.Errorf("%s, %s differs:\n%s\n%s", wire, r.Contestant, show(r), show(again[i]))
					}
					if r.Status != record.TrialOK || r.Objects == 0 || r.Duplicates == nil {
						t.Errorf("%s, %s: %s", wire, r.Contestant, show(r))
					}
					if name == "number" && r.Objects != clients*20 {
						t.Errorf("%s, %s: %d calls", wire, r.Contestant, r.Objects)
					}
				}
			}
		})
	}
}
