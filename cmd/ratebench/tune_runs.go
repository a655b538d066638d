package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/internal/tune"
	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// tuneRuns measures settings: each round is a run with a folder of its own, in which every setting is a contestant. It implements
// tune.Evaluator.
type tuneRuns struct {
	scenario  *scenarios.Scenario // as given, with its overrides
	set       []string            // those
	extra     []string            // more of them, of the search alone
	clock     clockFlags
	kind      string // of the backend
	external  *target.External
	out       string // the folder of all rounds
	resume    bool
	quiet     bool
	views     bool // write them
	io        *streams
	trials    int           // that were run, or had been
	ran       int           // that were run now
	saturated int           // of those
	took      time.Duration // by them
	roundSet  []string      // the overrides of the round under way, for the workers
}

// Evaluate implements tune.Evaluator.
func (r *tuneRuns) Evaluate(ctx context.Context, round string, jobs []tune.Job) error {
	s, err := r.roundOf(jobs)
	if err != nil {
		return err
	}
	start := time.Now()
	rows, err := r.run(ctx, s, round, planOf(s, jobs))
	r.took += time.Since(start)
	if err != nil {
		return err
	}
	r.trials += len(rows)
	for _, row := range rows {
		if row.Saturated != "" {
			r.saturated++
		}
	}
	for _, j := range jobs {
		for _, seed := range j.Seeds {
			var cells []record.Trial
			for _, row := range rows {
				if row.Contestant == j.Name && row.Repeat == seed {
					cells = append(cells, row)
				}
			}
			if len(cells) == 0 {
				return fmt.Errorf("no trial of %s with seed %d was run: %s says why", j.Name, seed, filepath.Join(r.out, round))
			}
			j.Results[seed] = tune.Combine(cells, s.Workload.Kind == scenarios.KindCalls)
		}
	}
	return nil
}

// roundOf is the scenario with the settings as its contestants.
func (r *tuneRuns) roundOf(jobs []tune.Job) (*scenarios.Scenario, error) {
	var list []string
	sizes, flights := map[int64]bool{}, map[int]bool{}
	for _, j := range jobs {
		var with []string
		for _, name := range slices.Sorted(maps.Keys(j.With)) {
			with = append(with, fmt.Sprintf("%s: %q", name, j.With[name]))
		}
		list = append(list, fmt.Sprintf("{name: %q, as: %q, with: {%s}}", j.Contestant, j.Name, strings.Join(with, ", ")))
		sizes[j.PartSize], flights[j.Concurrency] = true, true
	}
	set := append(slices.Concat(r.set, r.extra), "contestants=["+strings.Join(list, ", ")+"]", "oracle=false", "repeats=1", "thresholds=")
	if !sizes[0] {
		var texts []string
		for _, n := range slices.Sorted(maps.Keys(sizes)) {
			text, _ := units.Size(n).MarshalText() // never fails
			texts = append(texts, string(text))
		}
		set = append(set, "workload.part_size=["+strings.Join(texts, ", ")+"]")
	}
	if !flights[0] {
		var texts []string
		for _, n := range slices.Sorted(maps.Keys(flights)) {
			texts = append(texts, strconv.Itoa(n))
		}
		set = append(set, "workload.concurrency=["+strings.Join(texts, ", ")+"]")
	}
	s, err := scenarios.Parse(r.scenario.File, r.scenario.Source, nil, scenarioOptions(set)...)
	if err != nil {
		return nil, withExit(exitUsage, err)
	}
	s.Source = r.scenario.Source
	r.roundSet = set
	return s, nil
}

// planOf lays the trials of a round out as runner.NewPlan does: repeats outermost, and in each the settings in another order.
func planOf(s *scenarios.Scenario, jobs []tune.Job) *runner.Plan {
	p := &runner.Plan{}
	var seeds []int
	for _, j := range jobs {
		seeds = append(seeds, j.Seeds...)
	}
	slices.Sort(seeds)
	for i, seed := range slices.Compact(seeds) {
		at := i % len(jobs)
		for _, j := range slices.Concat(jobs[at:], jobs[:at]) {
			if !slices.Contains(j.Seeds, seed) {
				continue
			}
			for _, size := range s.Workload.PartSize {
				for _, flight := range s.Workload.Concurrency {
					if j.PartSize != 0 && j.PartSize != int64(size) || j.Concurrency != 0 && j.Concurrency != flight {
						continue
					}
					p.Trials = append(p.Trials, runner.Trial{
						Ordinal: len(p.Trials) + 1, Contestant: j.Name, PartSize: int64(size), Concurrency: flight, Repeat: seed,
						Seed: runner.SeedOf(s.Seed, seed),
					})
				}
			}
		}
	}
	return p
}

// run runs a round, or goes on with it, and returns the rows of all its trials. That trials failed is in their rows and no error.
func (r *tuneRuns) run(ctx context.Context, s *scenarios.Scenario, round string, plan *runner.Plan) (rows []record.Trial, err error) {
	dir := filepath.Join(r.out, round)
	manifest := trials.NewManifest(s, r.kind, r.external, len(plan.Trials), time.Now())
	manifest.Clock = r.clock.Clock
	_, missing := record.Open(dir)
	resume := r.resume && missing == nil
	if err := checkFolder(dir, resume, &manifest); err != nil {
		return nil, err
	}
	j := job{scenario: s, plan: plan, ran: new(ran)}
	if j.site, err = target.NewSite(ctx, s, r.external); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeSite(ctx, j.site)) }()
	if j.folder, j.finished, err = openFolder(dir, resume); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.folder.Close()) }()
	r.ran += len(plan.Trials) - len(j.finished)
	if err := j.folder.WriteManifest(manifest); err != nil {
		return nil, err
	}
	if r.clock.Clock == clockVirtual {
		if err := r.clock.employ(&j, r.roundSet); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, j.workers.Close()) }()
	}
	j.progress = newProgress(r.io.err, !r.quiet && isTerminal(r.io.err), len(plan.Trials), len(j.finished), 0)
	err = execute(ctx, j)
	j.progress.close()
	if ctx.Err() != nil {
		err = errInterrupted
	} else if errors.Is(err, runner.ErrTrial) {
		err = nil
	}
	err = (runCmd{}).end(j.folder, &manifest, err)
	if err != nil {
		return nil, err
	}
	if r.views {
		if _, err := report.Write(dir); err != nil {
			return nil, err
		}
	}
	return rows, j.folder.Trials(func(t *record.Trial) error { rows = append(rows, *t); return nil })
}

// expected is about how long a number of settings takes on the real clock, faults and verification left out.
func expectedTime(s *scenarios.Scenario, settings, seeds int) time.Duration {
	e := s.Estimate()
	if e.Trials == 0 {
		return 0
	}
	cells := len(s.Workload.PartSize) * len(s.Workload.Concurrency)
	return time.Duration(math.Min(float64(e.Time)/float64(e.Trials)*float64(cells*settings*seeds), math.MaxInt64/2))
}
