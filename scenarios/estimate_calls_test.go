package scenarios

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

func TestCallsAreEstimated(t *testing.T) {
	at := func(seconds int, times float64) LoadPoint {
		return LoadPoint{At: units.Duration(time.Duration(seconds) * time.Second), Times: times}
	}
	for _, tt := range []struct {
		name string
		load []LoadPoint
		want float64 // of 10 clients with 2 calls per second each, in 60 s
	}{
		{"even", nil, 1200},
		{"one point", []LoadPoint{at(10, 0.5)}, 600},
		{"up and down", []LoadPoint{at(0, 0), at(30, 2), at(60, 0)}, 1200},
		{"beyond the end", []LoadPoint{at(0, 1), at(120, 3)}, 1800},
		{"after the last", []LoadPoint{at(10, 1), at(20, 2)}, 20 * (10 + 15 + 80)},
	} {
		s := &Scenario{Workload: Workload{
			Kind: KindCalls, Clients: 10, ArrivalRate: 2, Duration: units.Duration(time.Minute), Load: tt.load,
		}}
		if got := s.calls(); math.Abs(got-tt.want) > 1e-6 {
			t.Errorf("%s: %v calls, want %v", tt.name, got, tt.want)
		}
	}
}

// What calls in either loop will take, and what decides it.
func TestCallsEstimate(t *testing.T) {
	for _, tt := range []struct {
		name, network, workload string
		bytes                   int64
		time                    time.Duration
		limit                   string
	}{
		{"open", "", "object_size: 1KiB, arrival_rate: 5/s, duration: 10s, clients: 2", 100 << 10, 10 * time.Second, "arrival rate"},
		{"open, so many", "", "object_size: 1KiB, arrival_rate: 5/s, duration: 10s, objects: 7", 7 << 10, 10 * time.Second, "arrival rate"},
		{"open, until all are done", "", "object_size: 1KiB, arrival_rate: 5/s, objects: 100", 100 << 10, 20 * time.Second, "arrival rate"},
		{"open, longer than a trial", "", "object_size: 1KiB, arrival_rate: 1/s, objects: 240", 120 << 10, 2 * time.Minute, "timeout"},
		{"closed", "latency: 10ms", "object_size: 1KiB, duration: 10s, clients: 2, concurrency: 5", 5000 << 10, 10 * time.Second, "duration"},
		{"closed with thinking", "latency: 10ms", "object_size: 1KiB, duration: 10s, think_time: 80ms", 100 << 10, 10 * time.Second, "duration"},
		{"closed, so many", "latency: 10ms", "object_size: 1KiB, objects: 1000, concurrency: 4", 1000 << 10, 5 * time.Second, "round trips"},
		{"closed, a slow link", "latency: 10ms, bandwidth: 1KiB/s", "object_size: 1KiB, objects: 60, concurrency: 4", 60 << 10, time.Minute, "bandwidth"},
		{"mix", "", "arrival_rate: 5/s, duration: 10s, mix: [{method: GET, size: 3KiB}, {method: DELETE, weight: 2}]", 50 << 10, 10 * time.Second, "arrival rate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf("{version: 1, name: x, contestants: [a], oracle: false, network: {%s}, workload: {kind: calls, %s}}", tt.network, tt.workload)
			s, err := Parse("x", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			c := s.Estimate().Cells[0]
			if c.Bytes != tt.bytes || c.Time != tt.time || c.Limit != tt.limit || c.Parts != 1 {
				t.Errorf("%d bytes in %v by %s, in %d parts; want %d in %v by %s", c.Bytes, c.Time, c.Limit, c.Parts, tt.bytes, tt.time, tt.limit)
			}
		})
	}
}
