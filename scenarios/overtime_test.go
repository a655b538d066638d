package scenarios

import (
	"fmt"
	"math"
	"testing"
)

func TestBoundOverTime(t *testing.T) {
	const text = `
version: 1
name: t
network: {bandwidth: 100MiB/s}
workload: {object_size: 1000MiB, part_size: 10MiB, concurrency: 1, %s}
phases:
  - {name: calm, for: 4s}
  - {name: trouble, for: 10s}
  - {name: after}
faults:
  - %s
contestants: [exponential]
`
	for name, tt := range map[string]struct {
		workload, fault string
		want            float64 // MiB/s
	}{
		// 400 MiB before, 10 MiB in flight, nothing for ten seconds, and the rest after: 10 + 590 MiB take 5.9 s.
		"outage": {"objects: 1", "{name: f, when: {phase: trouble}, status: {code: 503}}", 1000 / 19.7},
		// In the trouble 1 + 10 parts of 10 MiB, and those in flight.
		"quota": {"objects: 1", "{name: f, when: {phase: trouble}, throttle: {rate: 1/s}}", 1000 / 18.6},
		// A trial that ends in the trouble.
		"duration": {"duration: 10s", "{name: f, when: {phase: trouble}, status: {code: 503}}", (400 + 10 + 10) / 10.0},
		// Nobody knows what a probability does.
		"probability": {"objects: 1", "{name: f, when: {phase: trouble, probability: 90%}, status: {code: 503}}", 100},
		"other op":    {"objects: 1", "{name: f, match: {op: get_object}, when: {phase: trouble}, status: {code: 503}}", 100},
	} {
		s, err := Parse(name, fmt.Appendf(nil, text, tt.workload, tt.fault), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := s.Bound(1, 10<<20, 1)
		if !ok || math.Abs(got/tt.want-1) > 0.03 {
			t.Errorf("%s: %.2f MiB/s, want %.2f", name, got, tt.want)
		}
	}
}
