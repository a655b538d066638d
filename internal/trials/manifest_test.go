package trials

import (
	"slices"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/scenarios"
)

func TestPhases(t *testing.T) {
	s, err := scenarios.Parse("test", []byte(`
version: 1
name: phases
workload: {object_size: 5MiB, part_size: 5MiB, concurrency: 1}
phases: [{name: before, for: 2s}, {name: trouble, for: 500ms}, {name: after}]
faults: [{name: down, when: {phase: [trouble]}, status: {code: 503}}]
contestants: [no-retry]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []record.Phase{{Name: "before", ToS: 2}, {Name: "trouble", FromS: 2, ToS: 2.5, Trouble: true}, {Name: "after", FromS: 2.5}}
	if got := phases(s); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}
