package trials

import (
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/scenarios"
)

// What "all" stands for depends on the workload: Connectors move files of kind ghga and nothing else, and S3 SDKs everything else but calls.
func TestAllFitTheWorkload(t *testing.T) {
	const head = "version: 1\nname: all\ncontestants: all\n"
	for workload, want := range map[string][]string{
		"{object_size: 8MiB, part_size: 8MiB, concurrency: 1}":                                     {contestants.KindStack, contestants.KindSDK},
		"{object_size: 8MiB, part_size: 8MiB, concurrency: 1, part_urls: ucs}":                     {contestants.KindStack},
		"{kind: calls, object_size: 8KiB, objects: 3}":                                             {contestants.KindStack},
		"{kind: ghga, object_size: 8MiB, part_size: 8MiB, concurrency: 1}":                         {contestants.KindConnector, contestants.KindStack},
		"{kind: ghga, do: delete, object_size: 8MiB, part_size: 8MiB, concurrency: 1, objects: 3}": {contestants.KindConnector, contestants.KindStack},
	} {
		s, err := scenarios.Parse("all", []byte(head+"workload: "+workload), nil,
			scenarios.Known(KnownContestants()), scenarios.All(Competitors()...), scenarios.Check(CheckContestant))
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, c := range s.Contestants {
			row, err := contestants.Find(c.Name)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, row.Kind)
		}
		slices.Sort(kinds)
		if kinds = slices.Compact(kinds); !slices.Equal(kinds, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: of the kinds %v, want %v", workload, kinds, want)
		}
	}
}

// Who cannot do a workload is refused, with what would help.
func TestCheckContestant(t *testing.T) {
	for _, tt := range []struct {
		kind, name string
		want       string // empty: it fits
	}{
		{scenarios.KindGHGA, "connector-as-is", ""},
		{scenarios.KindGHGA, "ghga-connector", ""},
		{scenarios.KindGHGA, "minio-go", "knows nothing of GHGA's control plane: leave it out"},
		{scenarios.KindUpload, "connector-fixed", "needs GHGA's control plane: leave it out, or write kind: ghga"},
		{scenarios.KindCalls, "connector-fixed", "write kind: ghga"},
		{scenarios.KindCalls, "minio-go", "cannot send calls"},
	} {
		err := CheckContestant(scenarios.Workload{Kind: tt.kind}, scenarios.Contestant{Name: tt.name})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s for kind %s: %v", tt.name, tt.kind, err)
		}
	}
}
