package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// A run is looked at from its beginning to its end, and stays to be looked at until it is interrupted.
func TestLiveView(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	messages, stderr := io.Pipe()
	var stdout bytes.Buffer
	code := make(chan int, 1)
	out := filepath.Join(t.TempDir(), "out")
	go func() {
		defer stderr.Close()
		code <- run(ctx, []string{"run", "-", "--out", out, "--ui", "--ui-keep", "--metrics", ":0"}, strings.NewReader(`version: 1
name: looked-at
workload: {kind: calls, object_size: 1KiB, concurrency: 1, objects: 20}
contestants: [no-retry, exponential]
repeats: 3
`), &stdout, stderr)
	}()
	lines := bufio.NewScanner(messages)
	await := func(prefix string) string {
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return rest
			}
		}
		t.Fatalf("no line begins with %q; the run ended with %d", prefix, <-code)
		return ""
	}
	page := await("live view at ")
	metrics := await("metrics at ")
	if status, body := fetch(t, page); status != 200 || !strings.Contains(body, "looked-at") {
		t.Errorf("during the run: %d %s", status, body)
	}
	fetch(t, metrics)
	await("the live view stays")
	status, body := fetch(t, page)
	if status != 200 || strings.Contains(body, "No trial has ended yet") {
		t.Errorf("after the run: %d %s", status, body)
	}
	for _, path := range []string{"trials.csv", "manifest.json", "plots/", "report.html"} {
		if status, _ := fetch(t, page+path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	_, body = fetch(t, metrics)
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"ratebench_run_trials_planned": 9, "ratebench_run_trials_done": 9, "ratebench_run_trials_under_way": 0,
	} {
		if got := families[name].GetMetric()[0].GetGauge().GetValue(); got != want {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
	if got := families["ratebench_run_calls_total"].GetMetric(); len(got) != 3 || got[0].GetCounter().GetValue() != 60 {
		t.Errorf("calls: %v", got)
	}
	if got := families["ratebench_run_end_timestamp_seconds"].GetMetric(); len(got) != 1 || got[0].GetLabel()[0].GetValue() != "passed" {
		t.Errorf("the end: %v", got)
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, messages) }()
	if got := <-code; got != exitPassed {
		t.Errorf("exit code %d", got)
	}
	if resp, err := http.Get(page); err == nil {
		resp.Body.Close()
		t.Error("the page is still there")
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// What cannot be shown is refused before anything is begun.
func TestLiveViewIsRefused(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct{ flag, want string }{
		{"--ui=0.0.0.0:0", "--ui: 0.0.0.0:0 can be reached from elsewhere: set RATEBENCH_LIVE_TOKEN"},
		{"--ui=example.com:80", "can be reached from elsewhere"},
		{"--ui=nowhere", "--ui: nowhere is no address: write host:port"},
		{"--metrics=0.0.0.0:0", "--metrics: 0.0.0.0:0 can be reached from elsewhere"},
		{"--ui-keep", "give --ui or --metrics as well"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"run", "calm", "--out", out, c.flag}, strings.NewReader(""), &stdout, &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s: exit code %d, %s", c.flag, code, &stderr)
		}
	}
}
