package main

import (
	"strings"
	"testing"
)

// A file that failed before the trial was over has failed, though the Connector as it is would have come back to it after all others. The one
// that was under way is cut off.
func TestFailedBeforeTheEnd(t *testing.T) {
	const scenario = `
version: 1
name: ends
network: {latency: 5ms, bandwidth: 20MiB/s}
workload: {kind: ghga, object_size: 6MiB, part_size: 5MiB, concurrency: 2, duration: 10s}
faults:
  - {name: no, match: {op: upload_part}, when: {probability: 30%}, status: {code: 403}}
contestants: [connector-as-is]
oracle: false
`
	for _, o := range inVirtualTime(t, "ends", []byte(scenario)) {
		refused, parts := 0, 0
		for _, a := range o.Attempts {
			if strings.HasPrefix(a.Call, "upload_part") {
				parts++
				if a.Status == 403 {
					refused++
				}
			}
		}
		r := o.Row
		t.Logf("%d of %d parts refused: %d of %d files failed, %d calls, %d cut off, %v s", refused, parts, r.FailedObjects, r.Objects, r.FailedCalls, r.CutOff, r.WallS)
		if refused < 10 || r.FailedObjects < refused/2 || r.FailedCalls < refused-1 || r.CutOff > 2 || r.P95Censored {
			t.Errorf("%d of %d parts refused: %d of %d files failed, %d calls, %d cut off", refused, parts, r.FailedObjects, r.Objects, r.FailedCalls, r.CutOff)
		}
	}
}
