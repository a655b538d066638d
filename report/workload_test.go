package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func TestWorkloadOf(t *testing.T) {
	for resolved, want := range map[string]string{
		"": "8MiB parts, 4 in flight",
		"version: 1\nworkload:\n  object_size: 8MiB\n":    "8MiB parts, 4 in flight",
		"workload: {kind: calls}":                         "calls of 8MiB, 4 at a time",
		"workload:\n  kind: calls\n  arrival_rate: 4/s\n": "calls of 8MiB",
		"workload:\n  kind: calls\n  mix:\n    - {method: GET, size: 8KiB}\n  arrival_rate: 4/s\nextra: [1]\n": "calls of 8MiB on average",
		"workload: {kind: ghga, do: download}": "8MiB parts, 4 in flight",
		"workload: [broken":                    "8MiB parts, 4 in flight",
	} {
		c := Cell{Workload: workloadOf(&record.Manifest{Resolved: resolved}), PartSize: 8 << 20, Concurrency: 4}
		if got := c.Name(); got != want {
			t.Errorf("%q names its cell %q, want %q", resolved, got, want)
		}
	}
}

// A run of calls has no word on uploads or parts in its views, but for what a word of the legend says of uploads.
func TestCallsAreNotUploads(t *testing.T) {
	k := storm
	k.resolved = "workload:\n  kind: calls\n  arrival_rate: 4/s\n  mix:\n    - {method: GET, size: 8KiB}\n"
	_, a := analysed(t, k)
	var b strings.Builder
	if err := Table(&b, a, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, svg := range svgsOf(t, a) {
		if strings.Contains(svg, "upload") || strings.Contains(svg, "part") {
			t.Errorf("%s.svg speaks of uploads", name)
		}
	}
	for _, word := range []string{"uploads", "parts", "in flight"} {
		if strings.Contains(b.String(), word) {
			t.Errorf("the table speaks of %q:\n%s", word, b.String())
		}
	}
	if !strings.HasPrefix(b.String(), "calls of 8MiB on average; ") || !strings.Contains(b.String(), "  calls\n") {
		t.Errorf("the table does not speak of calls:\n%s", b.String())
	}
}
