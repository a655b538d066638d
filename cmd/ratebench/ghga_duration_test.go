package main

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// A file that failed before the trial was over has failed, though the Connector as it is would have come back to it after all others. The one
// that was under way is cut off.
func TestFailedBeforeTheEnd(t *testing.T) {
	const scenario = `
version: 1
name: ends
network: {latency: 5ms, bandwidth: 2MiB/s}
workload: {kind: ghga, object_size: 256KiB, part_size: 5MiB, concurrency: 2, duration: 10s}
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
		t.Logf("%d of %d parts refused: %d of %d files failed, %d calls, %d cut off, %v s", refused, parts, r.FailedObjects, r.Objects, r.FailedCalls, *r.CutOff, r.WallS)
		if refused < 10 || r.FailedObjects < refused/2 || r.FailedCalls < refused-1 || *r.CutOff > 2 || r.P95Censored {
			t.Errorf("%d of %d parts refused: %d of %d files failed, %d calls, %d cut off", refused, parts, r.FailedObjects, r.Objects, r.FailedCalls, *r.CutOff)
		}
	}
}

// Files are staged at the same time, so that four of them take no longer than one, and no contestant is over the bound.
func TestStagedAtOnce(t *testing.T) {
	const scenario = `
version: 1
name: staged
network: {latency: 5ms, bandwidth: 100MiB/s}
workload: {kind: ghga, do: download, object_size: 1MiB, part_size: 1MiB, concurrency: 1, objects: 4, clients: 2}
ghga: {staging: 20s, retry_after_min: 20s}
contestants: [connector-as-is, connector-fixed]
oracle: false
`
	for _, o := range inVirtualTime(t, "staged", []byte(scenario)) {
		r := o.Row
		if r.Status != record.TrialOK || r.Objects != 8 || r.FailedObjects > 0 || r.WallS < 20 || r.WallS > 21 || r.BoundMiBs == nil {
			t.Errorf("%s: %d of %d files failed in %v s, %s: %s", r.Contestant, r.FailedObjects, r.Objects, r.WallS, r.Status, r.Problem)
		} else if share := r.GoodputMiBs / *r.BoundMiBs; share < 0.98 || share > 1 {
			t.Errorf("%s: %v MiB/s, %v of the bound", r.Contestant, r.GoodputMiBs, share)
		}
	}
}

// Who has files left at the end says how many, whether or not it had begun them.
func TestLeftAtTheEnd(t *testing.T) {
	for _, k := range []struct {
		do, more  string
		cut, left int // how many files are cut off, and not begun; -1: some
	}{
		{"delete", "network: {latency: 100ms}\n", -1, -1},
		{"download", "network: {bandwidth: 512KiB/s}\nghga: {staging: 1s, retry_after_min: 1s}\n", -1, 0},
		{"download", "ghga: {staging: 20s, retry_after_min: 20s}\n", 10, 0},
	} {
		scenario := "version: 1\nname: left\n" + k.more + "workload: {kind: ghga, do: " + k.do +
			", object_size: 256KiB, part_size: 5MiB, concurrency: 1, objects: 10, duration: 3s}\ncontestants: [connector-as-is, connector-fixed]\noracle: false\n"
		for _, o := range inVirtualTime(t, "left", []byte(scenario)) {
			r := o.Row
			if r.ObjectsCutOff == nil || r.NotBegun == nil || r.Objects+*r.NotBegun != 10 || r.Left() == 0 || r.FailedObjects > 0 || r.Status != record.TrialOK {
				t.Errorf("%s, %s: %d of 10 begun, %d left, %d failed, %s: %s", k.do, r.Contestant, r.Objects, r.Left(), r.FailedObjects, r.Status, r.Problem)
				continue
			}
			if k.cut >= 0 && *r.ObjectsCutOff != k.cut || k.left >= 0 && *r.NotBegun != k.left || k.do == "delete" && (*r.NotBegun == 0 || *r.ObjectsCutOff > 1) {
				t.Errorf("%s, %s: %d cut off, %d not begun", k.do, r.Contestant, *r.ObjectsCutOff, *r.NotBegun)
			}
		}
	}
}
