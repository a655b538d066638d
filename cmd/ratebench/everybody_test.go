package main

import (
	"encoding/json"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
)

// Every contestant of the table runs in virtual time under a quota, ends, and leaves nothing behind; and those that
// say that they repeat with the seed do so to the last digit.
func TestEverybodyInVirtualTime(t *testing.T) {
	t.Parallel()
	if raceEnabled {
		t.Skip("minio-go and azcore race with themselves when they repeat a body")
	}
	run := func() map[string]string {
		rows := map[string]string{}
		for _, out := range shipped(t, "throttle", "contestants=all", "workload.object_size=60MiB", "workload.concurrency=8", "oracle=false",
			"faults.quota.throttle.burst=4") {
			row := out.Row
			row.Trial = 0
			b, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			rows[row.Contestant] = string(b)
		}
		return rows
	}
	first, again := run(), run()
	for _, c := range contestants.Builtin() {
		if c.Kind == contestants.KindOracle || c.Kind == contestants.KindConnector {
			continue
		}
		if first[c.Name] == "" {
			t.Errorf("%s has no row", c.Name)
		}
		if c.Random == "" || c.Random == contestants.RandomTime {
			if first[c.Name] != again[c.Name] {
				t.Errorf("%s does not repeat:\n%s\n%s", c.Name, first[c.Name], again[c.Name])
			}
		}
	}
}
