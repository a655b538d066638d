package trials

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/scenarios"
)

// NewManifest describes a run that is about to begin.
func NewManifest(s *scenarios.Scenario, kind string, external *target.External, trials int, now time.Time) record.Manifest {
	m := record.Manifest{
		Schema: record.Schema, Scenario: s.Name, Source: string(s.Source), Resolved: string(s.Resolved()),
		Seed: s.Seed, Clock: ClockReal, Backend: kind, Trials: trials, Versions: versions(),
		Host:    record.Host{OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), CPU: cpuid.CPU.BrandName, Machine: machineName(os.ReadFile)},
		Started: now.UTC().Format(time.RFC3339), Outcome: record.OutcomeRunning,
		Phases: phases(s), WarmUpS: s.WarmUp.D().Seconds(), TimeoutS: s.Timeout.D().Seconds(), Oracle: *s.Oracle,
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

// measured lists the modules whose behaviour is part of what is measured.
var measured = []string{
	"github.com/rclone/gofakes3",
	"github.com/minio/minio-go/v7", "github.com/failsafe-go/failsafe-go", "github.com/hashicorp/go-retryablehttp",
	"github.com/cenkalti/backoff/v5", "github.com/avast/retry-go/v5", "github.com/sethvargo/go-retry",
	"github.com/Azure/azure-sdk-for-go/sdk/azcore", "github.com/googleapis/gax-go/v2",
	"github.com/aws/aws-sdk-go-v2", "github.com/aws/aws-sdk-go-v2/service/s3",
}

func versions() map[string]string {
	v := map[string]string{"ratebench": Version(), "go": runtime.Version()}
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
