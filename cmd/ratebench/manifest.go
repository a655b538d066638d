package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/scenarios"
)

// How a run can end, or that it has not, as the manifest says it.
const (
	outcomeRunning     = "running"
	outcomePassed      = "passed"
	outcomeFailed      = "failed"
	outcomeInterrupted = "interrupted"
	outcomeThreshold   = "threshold"
	outcomeNoVerdict   = "no_verdict"
)

// newManifest describes a run that is about to begin.
func newManifest(s *scenarios.Scenario, kind string, external *target.External, trials int, now time.Time) record.Manifest {
	m := record.Manifest{
		Schema: record.Schema, Scenario: s.Name, Source: string(s.Source), Resolved: string(s.Resolved()),
		Seed: s.Seed, Clock: clockReal, Backend: kind, Trials: trials, Versions: versions(),
		Host:    record.Host{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), CPU: cpuid.CPU.BrandName},
		Started: now.UTC().Format(time.RFC3339), Outcome: outcomeRunning,
		Phases: phases(s), WarmUpS: s.WarmUp.D().Seconds(), Oracle: *s.Oracle,
	}
	_, bound := s.Bound(s.Seed, int64(s.Workload.PartSize[0]), s.Workload.Concurrency[0])
	m.Unlimited = !bound && !s.Paced()
	if external != nil {
		m.Endpoint = external.Endpoint.String()
	}
	for _, c := range s.Contestants {
		m.Contestants = append(m.Contestants, c.As)
	}
	return m
}

// sameRun says why a folder's run is not the one that a scenario and backend describe; nil if it is. Mixing two runs in
// one folder would compare what cannot be compared.
func sameRun(old, now record.Manifest) error {
	switch {
	case old.Schema != now.Schema:
		return usagef("the files have layout %d, this version writes %d: start again with another --out", old.Schema, now.Schema)
	case old.Resolved != now.Resolved:
		return usagef("the run was made with another scenario or other overrides: repeat them, or start again with another --out")
	case old.Clock != now.Clock:
		return usagef("the run was made on the %s clock: repeat --clock %s, or start again with another --out", old.Clock, old.Clock)
	case old.Backend != now.Backend || old.Endpoint != now.Endpoint:
		return usagef("the run was made against %s, not %s: start again with another --out", place(old), place(now))
	case old.Versions["ratebench"] != now.Versions["ratebench"]:
		return usagef("the run was made by ratebench %s, this is %s: start again with another --out", old.Versions["ratebench"], now.Versions["ratebench"])
	}
	return nil
}

func place(m record.Manifest) string {
	if m.Endpoint == "" {
		return "the " + m.Backend + " backend"
	}
	return fmt.Sprintf("%s at %s", m.Backend, m.Endpoint)
}

// measured lists the modules whose behaviour is part of what is measured.
var measured = []string{"github.com/minio/minio-go/v7", "github.com/rclone/gofakes3"}

func versions() map[string]string {
	v := map[string]string{"ratebench": version(), "go": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if slices.Contains(measured, dep.Path) {
				v[dep.Path] = dep.Version
			}
		}
	}
	return v
}

// phases turns the lengths of the scenario's phases into times, and marks those that a fault rule is tied to.
func phases(s *scenarios.Scenario) []record.Phase {
	var out []record.Phase
	var from time.Duration
	for _, p := range s.Phases {
		phase := record.Phase{Name: p.Name, FromS: from.Seconds()}
		if p.For > 0 {
			from += p.For.D()
			phase.ToS = from.Seconds()
		}
		for _, rule := range s.Faults {
			phase.Trouble = phase.Trouble || slices.Contains(rule.When.Phase, p.Name)
		}
		out = append(out, phase)
	}
	return out
}
