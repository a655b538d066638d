package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// virtualRun is one run in virtual time, with the command line as users run it.
type virtualRun struct {
	name    string
	text    string   // of the scenario, or
	set     []string // overrides of throttle
	figures func(r speed) []figure
}

// speed is what a run in virtual time says of itself, and the most memory that it held.
type speed struct {
	virtual, real float64 // seconds
	requests      float64 // per second
	peak          float64 // MiB; zero: not known
}

var speedLine = regexp.MustCompile(`virtual clock: (\S+) seconds in (\S+) real ones \(\S+ virtual seconds per second, (\S+) requests per second\)`)

// virtualTime measures how fast virtual time goes by.
func virtualTime(ctx context.Context, s size) ([]figure, error) {
	dir, binary, err := built(ctx)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var figures []figure
	for i, r := range virtualRuns(s) {
		scenario := "throttle"
		if r.text != "" {
			scenario = filepath.Join(dir, fmt.Sprintf("%d.yaml", i))
			if err := os.WriteFile(scenario, []byte(r.text), 0o600); err != nil {
				return nil, err
			}
		}
		args := []string{"run", scenario, "--clock", "virtual", "--out", filepath.Join(dir, strconv.Itoa(i))}
		for _, set := range r.set {
			args = append(args, "--set", set)
		}
		cmd := exec.CommandContext(ctx, binary, args...)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 4) {
			return nil, fmt.Errorf("%s: %w\n%s", r.name, err, out)
		}
		m := speedLine.FindSubmatch(out)
		if m == nil {
			return nil, fmt.Errorf("%s: the run does not say how fast it was:\n%s", r.name, out)
		}
		var v speed
		for i, to := range []*float64{&v.virtual, &v.real, &v.requests} {
			if *to, err = strconv.ParseFloat(string(m[i+1]), 64); err != nil {
				return nil, fmt.Errorf("%s: %w", r.name, err)
			}
		}
		v.peak, _ = peakRSS(cmd.ProcessState)
		for _, f := range r.figures(v) {
			f.name = "virtual time: " + r.name + f.name
			figures = append(figures, f)
		}
	}
	return figures, nil
}

func virtualRuns(s size) []virtualRun {
	const calls = "version: 1\nname: calls\nnetwork: {latency: 5ms}\nworkload: {kind: calls, clients: %d, object_size: 64KiB, arrival_rate: %s, duration: %s, wire: %s}\n" +
		"faults:\n  - {name: quota, match: {op: put_object}, throttle: {rate: %d/s, burst: %d, retry_after: {form: seconds}}}\ncontestants: [%s]\noracle: false\ntimeout: 1h\n"
	parts := s.memory / (8 << 20)
	minutes := "10m"
	if s.clients < 100_000 {
		minutes = "3m"
	}
	return []virtualRun{
		{
			name: "requests of 64 KiB over HTTP, 64 clients on a quota, every attempt kept",
			text: fmt.Sprintf(calls, 64, "3/s", minutes, "http", 180, 50, "exponential, shared-pause"),
			figures: func(v speed) []figure {
				return []figure{{ours: fmt.Sprintf("%.0f/s", v.requests), measured: v.requests, bar: 10_000, unit: "/s"}}
			},
		},
		{
			name: "counted parts of 8 MiB over HTTP",
			text: fmt.Sprintf("version: 1\nname: counted\nnetwork: {bandwidth: 1GiB/s}\nworkload: {object_size: %dB, part_size: 8MiB, concurrency: 16, payload: counted}\ncontestants: [exponential]\noracle: false\ntimeout: 1h\n", parts*(8<<20)),
			figures: func(v speed) []figure {
				perSecond := float64(parts) / v.real
				return []figure{{ours: fmt.Sprintf("%.0f/s", perSecond), measured: perSecond, bar: 500, unit: "/s"}}
			},
		},
		{
			name: "ten minutes of throttle, stand_in: 64KiB",
			set: []string{
				"workload.stand_in=64KiB", "workload.object_size=30GiB", "workload.objects=2", "workload.concurrency=16",
				"contestants=[exponential]", "oracle=false", "timeout=1h",
			},
			figures: func(v speed) []figure {
				took := v.real * 600 / v.virtual
				return []figure{{ours: fmt.Sprintf("%.1f s", took), measured: took, bar: 10, atMost: true, slack: 2, unit: " s"}}
			},
		},
		{
			name: fmt.Sprintf("a minute of %d clients on a quota 2 %% too small", s.clients),
			text: fmt.Sprintf(calls, s.clients, "0.2/s", "60s", "direct", s.clients*98/500, s.clients/10, "shared-pause"),
			figures: func(v speed) []figure {
				share := float64(s.clients) / 100_000
				all := []figure{{
					ours: fmt.Sprintf("%.1f s, %.0f requests/s", v.real, v.requests), measured: v.real,
					bar: max(45*share, 5), atMost: true, slack: 5 * share, unit: " s",
				}}
				if v.peak > 0 {
					all = append(all, figure{
						name: ", peak memory", ours: fmt.Sprintf("%.0f MiB", v.peak), measured: v.peak, bar: 6 << 10, atMost: true, unit: " MiB",
					})
				}
				return all
			},
		},
	}
}
