package scenarios

import (
	"fmt"
	"math"
	"testing"
)

// What bounds calls, and what does not.
func TestCallsAreBounded(t *testing.T) {
	const kib = 1.0 / 1024 // MiB
	for _, tt := range []struct {
		name, network, workload, faults string
		want                            float64 // MiB/s; 0: nothing bounds it
	}{
		{name: "nothing", workload: "object_size: 64KiB, duration: 10s"},
		{name: "link", network: "bandwidth: 1MiB/s", workload: "object_size: 64KiB, duration: 10s", want: 1},
		{name: "link in both directions", network: "bandwidth: 1MiB/s", want: 2,
			workload: "duration: 10s, mix: [{method: GET, size: 1KiB}, {method: POST, size: 4KiB}, {method: HEAD}]"},
		{name: "link of each connection", network: "bandwidth: 1MiB/s, scope: connection", workload: "object_size: 64KiB, duration: 10s, clients: 3, concurrency: 2", want: 6},
		{name: "link of any number of connections", network: "bandwidth: 1MiB/s, scope: connection",
			workload: "duration: 10s, arrival_rate: 1000/s, mix: [{method: PUT, size: 64KiB}]"},
		{name: "round trips", network: "latency: 5ms", workload: "object_size: 64KiB, duration: 10s, clients: 3, concurrency: 2", want: 600 * 64 * kib},
		{name: "round trips of calls of several sizes", network: "latency: 5ms", workload: "duration: 10s, mix: [{method: GET, size: 1KiB}, {method: HEAD}]"},
		{name: "quota", workload: "object_size: 64KiB, duration: 10s", faults: "match: {op: put_object}, throttle: {rate: 20/s, burst: 10}", want: 21 * 64 * kib},
		{name: "quota of each client", workload: "object_size: 64KiB, duration: 10s, clients: 4",
			faults: "throttle: {rate: 20/s, burst: 10, scope: client}", want: 4 * 21 * 64 * kib},
		{name: "quota that spares calls", workload: "duration: 10s, mix: [{method: GET, size: 64KiB}, {method: PUT, size: 64KiB}]",
			faults: "match: {op: put_object}, throttle: {rate: 20/s, burst: 10}"},
		{name: "quota that spares calls without bytes", workload: "duration: 10s, mix: [{method: PUT, size: 64KiB}, {method: PUT, size: 64KiB}]",
			faults: "match: {op: put_object}, throttle: {rate: 20/s, burst: 10}", want: 21 * 64 * kib},
		{name: "a number of calls may live on the burst", workload: "object_size: 64KiB, objects: 100",
			faults: "throttle: {rate: 20/s, burst: 10}"},
		{name: "load under the quota", workload: "duration: 10s, arrival_rate: 20/s, mix: [{method: PUT, size: 64KiB}]",
			faults: "throttle: {rate: 20/s, burst: 10}"},
		{name: "load over the quota", workload: "duration: 10s, arrival_rate: 40/s, mix: [{method: PUT, size: 64KiB}]",
			faults: "throttle: {rate: 20/s, burst: 10}", want: 21 * 64 * kib},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf("{version: 1, name: x, contestants: [a], network: {%s}, workload: {kind: calls, %s}", tt.network, tt.workload)
			if tt.faults != "" {
				text += ", faults: [{name: r, " + tt.faults + "}]"
			}
			s, err := Parse("x", []byte(text+"}"), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := s.Bound(1, int64(s.Workload.PartSize[0]), s.Workload.Concurrency[0])
			if ok != (tt.want > 0) || math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("%v, %v; want %v", got, ok, tt.want)
			}
		})
	}
}
