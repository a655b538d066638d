package tune

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/scenarios"
)

// What was tuned of downloads goes into the key of downloads, and no key of uploads is written.
func TestGHGAFormOfDownloads(t *testing.T) {
	const pool = "max_connections"
	for _, tt := range []struct {
		name    string
		s       Setting
		want    string // the line
		missing string // empty: nothing of the pool is
	}{
		{"in flight alone", Setting{Concurrency: 4}, "max_concurrent_downloads: 4", ""},
		{"as many connections", Setting{Concurrency: 5}, "max_concurrent_downloads: 5", ""},
		{"connections to spare", Setting{Concurrency: 4, With: map[string]string{pool: "8"}}, "max_concurrent_downloads: 4",
			"max_connections 8: the size of the pool is the number of parts in flight"},
		{"more in flight than connections", Setting{Concurrency: 8}, "max_concurrent_downloads: 5", "8 parts in flight over 5 connections"},
		{"connections alone", Setting{With: map[string]string{pool: "3"}}, "max_concurrent_downloads: 3 # parts in flight too, whose number was not tuned", ""},
	} {
		s := tt.s
		s.Contestant, s.Kind, s.Do, s.PartSize = "connector-as-is", scenarios.KindGHGA, scenarios.DoDownload, 8<<20
		v, err := newSet(s)
		if err != nil {
			t.Fatal(err)
		}
		f := v.ghga()
		if !strings.Contains(f.Text, "\n"+tt.want+"\n") || strings.Contains(f.Text, "uploads") || !strings.Contains(f.Text, "\npart_size: 8388608\n") {
			t.Errorf("%s: %s is not in\n%s", tt.name, tt.want, f.Text)
		}
		missing := strings.Join(f.Missing, "\n")
		if strings.Contains(missing, "65564") || !strings.Contains(missing, tt.missing) || tt.missing == "" && missing != "" {
			t.Errorf("%s: missing is %q", tt.name, f.Missing)
		}
	}
}

// The batch that uploads a file again has no part in a download.
func TestGHGAFormOfDownloadsBeginsNothingAgain(t *testing.T) {
	for do, want := range map[string]bool{scenarios.DoUpload: true, scenarios.DoDownload: false} {
		v, err := newSet(Setting{Contestant: "ghga-connector", Kind: scenarios.KindGHGA, Do: do})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(v.ghga().Missing, "\n"), "the Connector uploads a file that failed"); got != want {
			t.Errorf("%s: files are said to be uploaded again: %v", do, got)
		}
	}
}

// Neither the AWS tools nor rclone speak to GHGA's services: one line says so, where a scenario moves files.
func TestFormsOfFiles(t *testing.T) {
	for _, tt := range []struct {
		contestant, kind string
		want             string
	}{
		{"ghga-connector", scenarios.KindUpload, "scenario go ghga-connector aws rclone"},
		{"ghga-connector", scenarios.KindGHGA, "scenario go ghga-connector aws"},
		{"connector-fixed", scenarios.KindGHGA, "scenario go ghga-connector aws"},
		{"connector-fixed", "", "scenario go ghga-connector aws"},
	} {
		var names []string
		var last Form
		for _, f := range Forms(Setting{Contestant: tt.contestant, Kind: tt.kind, Concurrency: 4}) {
			names, last = append(names, f.Name), f
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s of kind %s: %s, want %s", tt.contestant, tt.kind, got, tt.want)
		}
		if last.Name == "aws" && (last.Text != "" || len(last.Missing) != 1 || !strings.Contains(last.Missing[0], "WPS, UCS and DCS")) {
			t.Errorf("%s of kind %s: %+v", tt.contestant, tt.kind, last)
		}
	}
}

// A report's forms know what the scenario does with the files.
func TestReportFormsKnowDownloads(t *testing.T) {
	in := &Candidate{ID: 1, Name: "connector-as-is@1", Setting: Setting{Contestant: "connector-as-is", Concurrency: 4}, Results: map[int]Result{
		1: {Speed: 1, Amplification: 1, RecoveryS: -1, Objects: 1},
	}}
	f := &Found{Config: Config{Prefer: Preferences()[0], Seed: 1}, Candidates: []*Candidate{in}, Finalists: []*Candidate{in}, Fresh: []int{1}}
	about := About{Scenario: &scenarios.Scenario{}, Clock: "virtual"}
	about.Scenario.Workload.Kind, about.Scenario.Workload.Do = scenarios.KindGHGA, scenarios.DoDownload
	r := NewReport(f, &Advice{Recommended: in, Best: in}, nil, about)
	for _, form := range r.Forms {
		if form.Name == "ghga-connector" && strings.Contains(form.Text, "\nmax_concurrent_downloads: 4\n") && !strings.Contains(form.Text, "max_concurrent_uploads") {
			return
		}
	}
	t.Errorf("no form has the key of downloads alone: %+v", r.Forms)
}
