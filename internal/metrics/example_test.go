package metrics_test

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// One part of 8 MiB was refused once and then went through.
func Example() {
	call := record.CallName("upload_part", 1, 1)
	row := metrics.Of(metrics.Input{
		Contestant: "immediate",
		WallS:      2,
		Attempts: []record.Attempt{
			{Call: call, Attempt: 1, StartS: 0, TookS: 0.5, Status: 503, Code: "SlowDown"},
			{Call: call, Attempt: 2, StartS: 0.5, TookS: 1.5, Status: 200, Bytes: 8 << 20},
		},
		Objects: []record.Object{{Ordinal: 1, Size: 8 << 20, EndS: 2, Verified: true}},
	}).Trial
	fmt.Printf("%.0f MiB/s, %.0f attempts per call, %d throttled, p95 %.0f s\n",
		row.GoodputMiBs, row.Amplification, row.Throttled, row.P95S)
	// Output: 4 MiB/s, 2 attempts per call, 1 throttled, p95 2 s
}
