package scenarios

import (
	"strings"
	"testing"
)

const withFaults = `
version: 1
name: x
workload: {object_size: 64MiB, part_size: 8MiB, concurrency: 4}
network: {bandwidth: 10MiB/s}
phases: [{name: calm, for: 4s}, {name: storm}]
faults:
  - {name: quota, throttle: {rate: 20/s}}
  - {name: loss, reset: {}}
contestants: [no-retry, {name: exponential, as: fast, with: {attempts: 3}}]
`

func TestOverrides(t *testing.T) {
	for _, tt := range []struct {
		sets string
		want string // a part of the resolved scenario
	}{
		{"repeats=3", "repeats: 3\n"},
		{"workload.object_size=16MiB", "  object_size: 16MiB\n"},
		{"workload.part_size=[5MiB,6MiB]", "  part_size: [5MiB, 6MiB]\n"},
		{"workload.part_size=[5MiB,6MiB] workload.part_size.1=7MiB", "  part_size: [5MiB, 7MiB]\n"},
		{"contestants=[immediate,no-retry]", "  - name: immediate\n    as: immediate\n  - name: no-retry\n"},
		{"contestants.no-retry.as=none", "  - name: no-retry\n    as: none\n"},
		{"contestants.fast.with.attempts=9", "      attempts: \"9\"\n"},
		{"contestants.0=immediate", "contestants:\n  - name: immediate\n"},
		{"faults.0.throttle.rate=10/s", "      rate: 10/s\n"},
		{"faults.quota.throttle.rate=11/s", "      rate: 11/s\n"},
		{"phases.calm.for=1s", "  - name: calm\n    for: 1s\n"},
		{"network.latency=5ms", "  latency: 5ms\n  bandwidth: 10MiB/s\n"},
		{"network.bandwidth=", "network:\n  scope: all\n"},
		{"network=null", "network:\n  scope: all\n"},
		{"backend.keep=bytes", "  keep: bytes\n"},
		{"faults.quota=", "faults:\n  - name: loss\n"},
		{"faults.loss.match.op=upload_part", "    match:\n      op: [upload_part]\n"},
		{"oracle=false", "oracle: false\n"},
	} {
		s, err := Parse("x", []byte(withFaults), strings.Fields(tt.sets), Known(contestants))
		if err != nil {
			t.Errorf("%s: %v", tt.sets, err)
		} else if got := string(s.Resolved()); !strings.Contains(got, tt.want) {
			t.Errorf("%s: no %q in\n%s", tt.sets, tt.want, got)
		}
	}
}

func TestBadOverrides(t *testing.T) {
	for _, tt := range []struct{ set, want string }{
		{"repeats=x", `--set repeats=x: repeats: "x" is not a whole number: write a whole number from 1 to 1000, in digits`},
		{"repeat=3", `--set repeat=3: unknown key "repeat" in a scenario: did you mean repeats?`},
		{"repeats", "--set repeats: write key=value"},
		{"=3", "--set =3: write key=value"},
		{"workload..clients=3", "has an empty step"},
		{"repeats.x=3", "--set repeats.x=3: repeats: expected a whole number, found a mapping"},
		{"name.x=3", `--set name.x=3: name is a single value: it has no "x" in it`},
		{"faults.2.name=a", `faults has no entry "2": it has 2, counted from 0; `},
		{"faults.qota.name=a", `faults has no entry "qota": it has 2, counted from 0; did you mean quota?`},
		{"workload.part_size=4MiB", "--set workload.part_size=4MiB: workload.part_size.0: 4MiB is under S3's least part size"},
		{"contestants=[a, *b]", "anchors, aliases and merge keys"},
		{"contestants=[a", "not valid YAML"},
		{"contestants=[imediate]", `--set contestants=[imediate]: contestants.0.name: unknown contestant "imediate": did you mean immediate?`},
		{"workload=", "workload is missing"},
		{"seed=\x00", "control character"},
		{strings.Repeat("a.", 50) + "b=1", "the key has 51 levels"},
		{"seed=" + strings.Repeat("[", 1000), "nests more than 32 levels deep"},
	} {
		_, err := Parse("x", []byte(withFaults), []string{tt.set}, Known(contestants))
		checkError(t, err)
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got\n%v\nwant %s", tt.set, err, tt.want)
		}
	}
}
