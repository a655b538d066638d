package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// What differs between two scenarios is named as far down as it can be; what may differ is not.
func TestDiffers(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"seed: 1\nname: a", "seed: 2\nname: b", ""},
		{"a: 1\nb: 2", "b: 2\na: 1", ""},
		{"workload: {objects: 7}", "workload: {objects: 1}", "workload.objects"},
		{"workload: {objects: 7}", "workload: {objects: 7, new: 1}", "workload.new"},
		{"workload: {objects: 7}", "network: {}", "network and workload"},
		{
			"faults: [{name: busy, status: {code: 503, s3_code: SlowDown}}, {name: slow, latency: {add: 1s}}]",
			"faults: [{name: busy, status: {code: 503}}, {name: slow, latency: {add: 2s}}]", "faults.busy.status.s3_code and faults.slow.latency.add",
		},
		{"faults: [{name: a}, {name: b}]", "faults: [{name: b}, {name: a}]", "faults"},
		{"faults: [{name: a}]", "faults: [{name: b}]", "faults.a and faults.b"},
		{"faults: [{name: a}, {name: a}]", "faults: [{name: a}, {name: a, x: 1}]", "faults"},
		{"part_size: [1, 2]", "part_size: [1, 3]", "part_size.1"},
		{"part_size: [1, 2]", "part_size: 1", "part_size"},
		{"part_size: [1]", "part_size: []", "part_size"},
		{"{a: 1, b: 1, c: 1, d: 1, e: 1, f: 1}", "{}", "a, b, c, d and 2 more"},
		{`"a\x1b": 1`, `"a\x1b": 2`, "a?"},
		{"[[", "a: 1", "the scenarios"},
	} {
		if got := differs(&record.Manifest{Resolved: c.a}, &record.Manifest{Resolved: c.b}); got != c.want {
			t.Errorf("%q and %q: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

// A baseline of another version may be of the same file, and still of another scenario.
func TestCompareResolvedByVersions(t *testing.T) {
	for head, want := range map[string]bool{"v1": false, "v2": true, "": true} {
		k := made("versions", func(r *Run) {
			r.Manifest.Versions = map[string]string{"ratebench": "v1"}
			r.Manifest.Resolved = "faults: [{name: busy, status: {code: 503, s3_code: SlowDown}}]"
		}, func(r *Run) {
			r.Manifest.Versions = map[string]string{"ratebench": head}
			r.Manifest.Resolved = "faults: [{name: busy, status: {code: 503}}]"
		}, CompareOptions{}, "")
		text := strings.Join(compare(t, k).Doubts, "\n")
		if !strings.Contains(text, "faults.busy.status.s3_code of base and head are not the same") || strings.Contains(text, "by ratebench v1 and") != want {
			t.Errorf("%q: %s", head, text)
		}
	}
}
