package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

func TestSameRun(t *testing.T) {
	run := func(change func(*record.Manifest)) record.Manifest {
		m := record.Manifest{Schema: 1, Resolved: "seed: 1", Backend: "minio", Endpoint: "http://a:1", Versions: map[string]string{"ratebench": "v1"}}
		change(&m)
		return m
	}
	same := run(func(m *record.Manifest) { m.Started, m.Outcome, m.Source = "later", "interrupted", "# a comment" })
	if err := sameRun(same, run(func(*record.Manifest) {})); err != nil {
		t.Errorf("the same run is refused: %v", err)
	}
	for want, change := range map[string]func(*record.Manifest){
		"layout":                func(m *record.Manifest) { m.Schema = 2 },
		"scenario":              func(m *record.Manifest) { m.Resolved = "seed: 2" },
		"the embedded backend":  func(m *record.Manifest) { m.Backend, m.Endpoint = "embedded", "" },
		"minio at http://b:1":   func(m *record.Manifest) { m.Endpoint = "http://b:1" },
		"ratebench v1, this is": func(m *record.Manifest) { m.Versions = map[string]string{"ratebench": "v2"} },
	} {
		err := sameRun(run(func(*record.Manifest) {}), run(change))
		if err == nil || !strings.Contains(err.Error(), want) || exitCode(err) != exitUsage {
			t.Errorf("got %v, want a usage error about %q", err, want)
		}
	}
}

func TestDefaultOut(t *testing.T) {
	now := time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("one hour east", 3600))
	for scenario, want := range map[string]string{"flaky": "flaky-20260102T030405Z", "../a b:c": "---a-b-c-20260102T030405Z"} {
		if got := defaultOut(scenario, now); got != filepath.Join("results", want) {
			t.Errorf("results of %q go to %s, want %s", scenario, got, want)
		}
	}
}

// What an interrupted run prints must go on with the same run, and holds no key.
func TestAgain(t *testing.T) {
	kind, repeats := "minio", 3
	c := runCmd{
		scenarioFlags: scenarioFlags{Scenario: "my scenario.yaml", Set: []string{"contestants=[oracle's]"}, Repeats: &repeats},
		s3Flags:       s3Flags{Backend: &kind, Endpoint: "http://h:1", AccessKey: "hunter1", SecretKey: "hunter2"},
	}
	want := `ratebench run 'my scenario.yaml' --set 'contestants=[oracle'\''s]' --set repeats=3 --backend minio --endpoint http://h:1 --out out --resume`
	if got := c.again("out"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
