package tune

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/scenarios"
)

func scenario(t *testing.T, more string) *scenarios.Scenario {
	t.Helper()
	if !strings.Contains(more, "workload:") {
		more += "\nworkload: {object_size: 64MiB, part_size: [8MiB, 16MiB], concurrency: 4}"
	}
	s, err := scenarios.Parse("test", []byte("version: 1\nname: test\n"+more), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const two = `contestants:
  - {name: exponential, with: {attempts: 12, cap: 20s}}
  - no-retry
  - {name: exponential, as: patient, with: {attempts: 20}}
  - immediate`

func TestNewSpaces(t *testing.T) {
	names := func(s *Space) string {
		var list []string
		for _, d := range s.Dims {
			list = append(list, d.Name)
		}
		return strings.Join(list, " ")
	}
	spaces, baselines, err := NewSpaces(scenario(t, two), nil, nil)
	if err != nil || len(spaces) != 2 || names(spaces[0]) != "attempts base cap jitter" || names(spaces[1]) != "attempts" || len(spaces[0].Fixed) != 0 {
		t.Fatalf("all: %v, %v", spaces, err)
	}
	var got []string
	for _, b := range baselines {
		got = append(got, string(b.Role)+" "+b.Name+" "+b.Setting.String())
	}
	want := []string{"default exponential@default its defaults", "current exponential@scenario attempts 12, cap 20s", "current patient@scenario attempts 20",
		"default immediate@default its defaults"}
	if !slices.Equal(got, want) {
		t.Errorf("baselines %q\nwant %q", got, want)
	}

	spaces, baselines, err = NewSpaces(scenario(t, two), []string{"exponential"}, []string{"base=50ms..2s", "jitter=none|full", "attempts=9", "part_size=5MiB..32MiB"})
	if err != nil || len(spaces) != 1 || names(spaces[0]) != "base jitter part_size" {
		t.Fatalf("some: %v, %v", spaces, err)
	}
	s := spaces[0]
	if s.Fixed["cap"] != "20s" || s.Fixed["attempts"] != "9" || s.Dims[0].Search.Low != "50ms" || s.Dims[0].Search.Scale != contestants.Log || len(s.Dims[1].Search.Choices) != 2 {
		t.Errorf("some: %+v", s)
	}
	if len(baselines) != 6 || baselines[1].PartSize != 16<<20 || baselines[1].Name != "exponential@default-2" {
		t.Errorf("each point of the grid has %d baselines, such as %+v", len(baselines), baselines[1])
	}
	if set := s.setting([]float64{0, 0.9, 1}); set.String() != "attempts 9, base 50ms, cap 20s, jitter full, 32MiB parts" {
		t.Errorf("a corner is %v", set)
	}
	if spaces, _, err = NewSpaces(scenario(t, two), []string{"no-retry"}, []string{"concurrency=1..8"}); err != nil || names(spaces[0]) != "concurrency" {
		t.Errorf("the workload alone: %v, %v", spaces, err)
	}
}

// Of a large grid some points have no baseline, and that is known.
func TestBaselinesLeft(t *testing.T) {
	s := scenario(t, "contestants: [{name: exponential, with: {attempts: 12}}]\nworkload: {object_size: 64MiB, part_size: [5MiB, 8MiB, 16MiB], concurrency: [1, 2]}")
	for vary, left := range map[string]int{"concurrency=1..8": 0, "part_size=5MiB..32MiB": 0, "part_size=5MiB..32MiB concurrency=1..8": 4} {
		spaces, baselines, err := NewSpaces(s, nil, strings.Fields(vary))
		if err != nil || spaces[0].Left != left {
			t.Errorf("%s: %d points are left (%d baselines), want %d: %v", vary, spaces[0].Left, len(baselines), left, err)
		}
	}
}

func TestNewSpacesErrors(t *testing.T) {
	calls := "workload: {kind: calls, object_size: 1KiB, arrival_rate: 1/s, duration: 10s}\ncontestants: [exponential]"
	for _, tt := range []struct {
		scenario string
		names    []string
		vary     []string
		want     string
	}{
		{two, []string{"no-retry"}, nil, "has nothing to tune"},
		{"contestants: [no-retry]", nil, nil, "there is nothing to tune"},
		{two, []string{"exponential"}, []string{"base=1s", "attempts=3", "cap=2s", "jitter=none"}, "has nothing to tune"},
		{two, []string{"nobody"}, nil, "no contestant"},
		{two, []string{"oracle"}, nil, "yardstick"},
		{two, nil, []string{"tries"}, "has such a parameter"},
		{two, nil, []string{"base", "base=1s..2s"}, "twice"},
		{two, nil, []string{"base="}, "write NAME"},
		{two, nil, []string{"=1s"}, "write NAME"},
		{two, nil, []string{"base=2s..1s"}, "is empty"},
		{two, nil, []string{"base=1..2"}, "no unit"},
		{two, nil, []string{"jitter=none|some"}, "some"},
		{two, nil, []string{"concurrency"}, "concurrency=LOW..HIGH"},
		{two, nil, []string{"concurrency=4"}, "--set workload.concurrency=4"},
		{two, []string{"transport"}, []string{"max_hint"}, "max_hint=LOW..HIGH"},
		{calls, nil, []string{"part_size=5MiB..8MiB"}, "calls have no parts"},
		{calls, nil, []string{"concurrency=1..8"}, "at a rate"},
		{calls, []string{"minio-go"}, nil, "cannot send calls"},
	} {
		_, _, err := NewSpaces(scenario(t, tt.scenario), tt.names, tt.vary)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v %v: %v, want %q", tt.names, tt.vary, err, tt.want)
		}
		if strings.Contains(tt.want, "nothing to tune") && !errors.Is(err, ErrNothingToTune) {
			t.Errorf("%v %v: %v is not ErrNothingToTune", tt.names, tt.vary, err)
		}
	}
}

func FuzzWish(f *testing.F) {
	for _, s := range []string{"base", "base=1s..2s", "a=b|c", "x=", "=", "base=..", "base=1..2..3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parseWish(text)
		if err != nil {
			return
		}
		if w.name == "" || len(w.of) > 0 && len(w.ends) > 0 {
			t.Errorf("%q is %+v", text, w)
		}
		for _, p := range workloadParams() {
			if d, ok, err := w.dim(p); ok && err == nil {
				d.value(0)
				d.value(1)
			}
		}
	})
}
