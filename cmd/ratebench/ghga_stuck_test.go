package main

import (
	"fmt"
	"testing"
)

// What never passes: how often each Connector asks until it gives up, and how long that takes. docs/ghga.md has the same numbers.
func TestWhatNeverPasses(t *testing.T) {
	t.Parallel()
	type spent struct {
		attempts       int
		least, seconds float64
	}
	for _, tt := range []struct {
		op          string
		status      int
		asIs, fixed spent
	}{
		// Of two parts that fail at once the second one is called off.
		{"upload_part", 503, spent{24, 27, 28}, spent{21, 30, 110}},
		{"ucs_create", 429, spent{72, 700, 710}, spent{9, 127, 256}},
		{"wkvs_values", 503, spent{3, 3, 4}, spent{12, 30, 110}},
	} {
		fault := fmt.Sprintf("faults=[{name: down, match: {op: %s}, status: {code: %d}}]", tt.op, tt.status)
		for _, o := range shipped(t, "ghga-upload", "oracle=false", "timeout=1h", "workload.object_size=8MiB", "workload.objects=1", "workload.clients=1",
			"contestants=[connector-as-is,connector-fixed]", fault) {
			want := tt.asIs
			if o.Row.Contestant == "connector-fixed" {
				want = tt.fixed
			}
			n := 0
			for _, a := range o.Attempts {
				if a.Op == tt.op {
					n++
				}
			}
			if n != want.attempts || o.Row.FailedObjects != 1 || o.Row.WallS < want.least || o.Row.WallS > want.seconds {
				t.Errorf("%s, %s: %d attempts in %v s, %d files failed", o.Row.Contestant, tt.op, n, o.Row.WallS, o.Row.FailedObjects)
			}
		}
	}
}
