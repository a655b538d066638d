package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/internal/tune"
	"github.com/ratebench/ratebench/scenarios"
)

type tuneCmd struct {
	scenarioFlags
	Contestant []string      `sep:"none" placeholder:"NAME" help:"Search the parameters of this contestant. Repeatable. Default: the scenario's contestants that have any."`
	Vary       []string      `placeholder:"NAME=LOW..HIGH" help:"Search these parameters only, such as base=50ms..2s,attempts,jitter=none|full,cap=10s; and the workload's part_size=5MiB..64MiB,concurrency=1..16."`
	Prefer     string        `enum:"balanced,goodput,gentle,recovery" default:"balanced" help:"What counts: balanced, goodput, gentle or recovery."`
	Trials     int           `placeholder:"N" help:"How often a setting is measured with a seed at most. Default: 500, on the real clock 60; more if the smallest search takes more."`
	Budget     time.Duration `placeholder:"TIME" help:"In place of --trials: about how long the search may take, such as 2m. The result then depends on the machine."`
	Confirm    *int          `placeholder:"N" help:"Measure the best again on the real clock, with N fresh seeds. Default: 6."`
	NoConfirm  bool          `help:"Do not."`
	NoStandIn  bool          `help:"In virtual time, let every byte of a part flow. By default a few stand for all, and the network takes its time for all: the same but for less than 1 %, in a fifth of the time."`
	Clock      string        `enum:"auto,real,virtual" default:"auto" help:"real, virtual, or auto: virtual where the scenario can run in it."`
	Stall      time.Duration `default:"60s" placeholder:"TIME" help:"As in run."`
	Out        string        `placeholder:"DIR" help:"Where the results go. Default: results/<scenario>-tune-<UTC time>/."`
	Resume     bool          `help:"Go on with the interrupted search in --out; give the same arguments again."`
	Output     string        `short:"o" enum:"table,json,yaml,markdown" default:"table" placeholder:"FORMAT" help:"table, json, yaml or markdown."`
	Quiet      bool          `short:"q" help:"No progress and no messages; errors only."`
	s3Flags
}

func (tuneCmd) Help() string {
	var b strings.Builder
	b.WriteString(`Searches the parameters of contestants under a scenario for those that do best, says how sure that is and how much each of them matters,
and prints the recommendation in the forms that clients take. Settings that lose uploads are never recommended if others lose none.

A search in virtual time is followed by measurements on the real clock: of the recommendation, of the Pareto set (its best ` + fmt.Sprint(tune.MostConfirmed) + `
at most) and of what was there before. If they contradict, what they confirm is recommended in its place, or what was there before;
where neither holds there, nothing is, and the exit code is 4. It is 4 too where nothing gets through whatever is set.

Examples:

    ratebench tune throttle --contestant exponential
    ratebench tune storm --prefer recovery --vary base=50ms..2s,cap
    ratebench tune ghga --contestant ghga-connector --vary num_retries,part_size=8MiB..64MiB,concurrency=2..16
    ratebench tune flaky --trials 200 --no-confirm -o json

What is preferred, where speed is goodput, or 1 ÷ p95 of calls:

`)
	for _, p := range tune.Preferences() {
		fmt.Fprintf(&b, "    %-9s %s\n", p.Name, p.Formula())
	}
	return strings.TrimRight(b.String(), "\n")
}

// What is done unless the flags say something else.
const (
	trialsVirtual   = 500
	trialsReal      = 60
	confirmRepeats  = 6
	longestConfirm  = time.Hour // without being asked for
	mostTrials      = 50_000
	pilotSeeds      = 2
	tuneFile        = "tune"
	confirmRound    = "confirm"
	interruptedTune = "interrupted; repeat the command with --out %s --resume to go on"
)

// Run searches, confirms and prints.
func (c tuneCmd) Run(ctx context.Context, io *streams) error {
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	t, err := c.prepare(io)
	if err != nil {
		return err
	}
	r, err := t.search(ctx)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return withExit(exitInterrupted, fmt.Errorf(interruptedTune, quote(t.runs.out)))
		case errors.Is(err, tune.ErrNothing):
			return withExit(exitNoVerdict, fmt.Errorf("%w with any seed: the scenario may be too hard, or a range too narrow; %s has the trials", err, t.runs.out))
		}
		return err
	}
	if err := c.write(t.runs.out, r); err != nil {
		return err
	}
	if err := r.Print(io.out, c.Output); err != nil {
		return fmt.Errorf("printing the results: %w", err)
	}
	if !c.Quiet {
		fmt.Fprintf(io.err, "%d trials in %v; results in %s\n", t.runs.trials+t.confirmed, time.Since(t.start).Round(time.Second), t.runs.out)
	}
	return tuneOutcome(r)
}

// tuneOutcome is the error of a search that came to nothing that could be recommended; nil: it came to something.
func tuneOutcome(r *tune.Report) error {
	if r.Recommend != nil {
		return nil
	}
	return withExit(exitNoVerdict, fmt.Errorf("the %s clock contradicts what the search came to, and confirms nothing else: nothing is recommended; search on it with --clock %[1]s", r.Confirm.Clock))
}

// tuning is a search that is about to begin.
type tuning struct {
	tuneCmd
	scenario  *scenarios.Scenario
	spaces    []*tune.Space
	baselines []*tune.Candidate
	prefer    tune.Preference
	runs      *tuneRuns
	start     time.Time
	notes     []string // for the report
	confirmed int      // trials
}

// prepare does everything that can be refused before anything runs.
func (c tuneCmd) prepare(io *streams) (*tuning, error) {
	s, err := c.load(io.in)
	if err != nil {
		return nil, err
	}
	if err := trials.ActsInRun(s); err != nil {
		return nil, withExit(exitUsage, err)
	}
	kind, external, err := c.resolve(s.Backend.Place(), os.Getenv)
	if err == nil {
		err = suits(s, kind)
	}
	if err == nil {
		err = c.checkFlags()
	}
	if err != nil {
		return nil, err
	}
	t := &tuning{tuneCmd: c, scenario: s, start: time.Now()}
	if t.prefer, err = tune.PreferenceOf(c.Prefer); err != nil {
		return nil, withExit(exitUsage, err)
	}
	if t.spaces, t.baselines, err = tune.NewSpaces(s, c.Contestant, c.Vary); err != nil {
		return nil, withExit(exitUsage, err)
	}
	if least := t.leastTrials(); c.Trials != 0 && (c.Trials < least || c.Trials > mostTrials) {
		return nil, usagef("--trials %d: write %d to %d; the smallest search over this takes %d", c.Trials, least, mostTrials, least)
	}
	clock := clockFlags{Clock: c.Clock, Stall: c.Stall}
	if c.Clock == "auto" {
		clock.Clock = clockReal
		if kind == kindEmbedded {
			clock.Clock = clockVirtual
		}
	}
	if err := clock.check(s, kind); err != nil {
		return nil, err
	}
	out := c.Out
	if out == "" {
		out = defaultOut(s.Name+"-tune", t.start)
	}
	t.runs = &tuneRuns{scenario: s, set: c.overrides(), clock: clock, kind: kind, external: external, out: out, resume: c.Resume, quiet: c.Quiet, io: io}
	if err := t.checkEnds(); err != nil {
		return nil, err
	}
	if clock.Clock == clockVirtual && !c.NoStandIn {
		t.standIn()
	}
	return t, nil
}

// leastTrials is how many trials the smallest search takes.
func (t *tuning) leastTrials() int { return tune.LeastTrials(t.spaces, len(t.baselines)) }

// standIn lets few bytes stand for a part's where the scenario can do so and says nothing else.
func (t *tuning) standIn() {
	if w := t.scenario.Workload; w.Kind != scenarios.KindUpload || w.StandIn > 0 {
		return
	}
	t.runs.extra = []string{"workload.stand_in=64KiB", "workload.payload=counted"}
	if t.checkEnds() != nil {
		t.runs.extra = nil
		return
	}
	t.notes = append(t.notes, "In virtual time 64KiB stood for the bytes of a part (stand_in); --no-stand-in lets all of them flow.")
}

func (c tuneCmd) checkFlags() error {
	switch {
	case c.Trials != 0 && c.Budget != 0:
		return usagef("--trials and --budget both say how long to search: give either")
	case c.Budget < 0:
		return usagef("--budget %v is no time: write 2m, say", c.Budget)
	case c.NoConfirm && c.Confirm != nil:
		return usagef("--confirm and --no-confirm: give either")
	case c.Confirm != nil && (*c.Confirm < 3 || *c.Confirm > 1000):
		return usagef("--confirm %d: write 3 to 1000 repeats; fewer have no interval", *c.Confirm)
	case c.Resume && c.Out == "":
		return usagef("--resume needs --out DIR, the folder of the search to go on with")
	}
	return nil
}

// checkEnds asks the scenario language whether the ends of the workload's ranges are possible.
func (t *tuning) checkEnds() error {
	var jobs []tune.Job
	for i, end := range tune.Ends(t.spaces[0]) {
		jobs = append(jobs, tune.Job{Candidate: &tune.Candidate{Name: fmt.Sprintf("end-%d", i+1), Setting: end}})
	}
	_, err := t.runs.roundOf(jobs)
	return err
}

// search measures and makes the report.
func (t *tuning) search(ctx context.Context) (*tune.Report, error) {
	config := tune.Config{
		Spaces: t.spaces, Baselines: t.baselines, Prefer: t.prefer, Evaluator: t.runs, Seed: t.scenario.Seed, Trials: t.Trials, Note: func(text string) { t.note("%s", text) },
	}
	if config.Trials == 0 {
		config.Trials = trialsVirtual
		if t.runs.clock.Clock == clockReal {
			config.Trials = trialsReal
		}
		config.Trials = max(config.Trials, t.leastTrials())
	}
	if t.Budget > 0 {
		var err error
		if config.Trials, err = t.pilot(ctx); err != nil {
			return nil, err
		}
	}
	if t.runs.clock.Clock == clockReal {
		t.note("up to %d measurements on the real clock take about %v if nothing goes wrong", config.Trials, expectedTime(t.scenario, config.Trials, 1).Round(time.Second))
	}
	found, err := tune.Search(ctx, config)
	if err != nil {
		return nil, err
	}
	advice, err := found.Advise(ctx)
	if err != nil {
		return nil, err
	}
	confirmation, err := t.confirm(ctx, found, advice)
	if err != nil {
		return nil, err
	}
	t.warn()
	return tune.NewReport(found, advice, confirmation, tune.About{Scenario: t.scenario, Clock: t.runs.clock.Clock, Notes: t.notes}), nil
}

// confirm measures the best again on the real clock, where the search was in virtual time.
func (t *tuning) confirm(ctx context.Context, found *tune.Found, advice *tune.Advice) (*tune.Confirmation, error) {
	if t.runs.clock.Clock == clockReal || t.NoConfirm {
		return nil, nil
	}
	again := *t.runs
	again.clock.Clock, again.trials, again.views, again.extra = clockReal, 0, true, nil
	if err := again.clock.check(t.scenario, t.runs.kind); err != nil {
		t.notes = append(t.notes, fmt.Sprintf("Not confirmed on the real clock, which cannot run this: %v.", err))
		return nil, nil
	}
	repeats := confirmRepeats
	if t.Confirm != nil {
		repeats = *t.Confirm
	}
	time := expectedTime(t.scenario, len(found.Confirms(advice)), repeats)
	if time > longestConfirm && t.Confirm == nil {
		t.notes = append(t.notes, fmt.Sprintf("Not confirmed on the real clock, which would take about %v: --confirm %d does it.", about(time), repeats))
		return nil, nil
	}
	t.note("the best on the real clock, with %d fresh seeds: about %v", repeats, about(time))
	c, err := found.Confirm(ctx, advice, &again, repeats, clockReal)
	t.confirmed = again.trials
	t.short(again.saturated, again.trials)
	return c, err
}

func (t *tuning) note(format string, args ...any) {
	if !t.Quiet {
		fmt.Fprintf(t.runs.io.err, format+"\n", args...)
	}
}

// short notes that the machine, and not a setting, was what was measured.
func (t *tuning) short(saturated, of int) {
	if saturated > 0 {
		t.notes = append(t.notes, fmt.Sprintf("In %d of %d trials on the real clock this machine was short of processors or files: they say more about it than about the settings.", saturated, of))
	}
}

// warn notes what keeps the numbers from being what they seem.
func (t *tuning) warn() {
	t.short(t.runs.saturated, t.runs.trials)
	_, bound := t.scenario.Bound(t.scenario.Seed, int64(t.scenario.Workload.PartSize[0]), t.scenario.Workload.Concurrency[0])
	if t.runs.clock.Clock == clockVirtual && !bound && !t.scenario.Paced() {
		t.notes = append(t.notes, "Nothing in the scenario limits the speed, and computing takes no virtual time: set network.bandwidth, or use --clock real.")
	}
	for _, s := range t.spaces {
		if s.Left > 0 {
			t.notes = append(t.notes, fmt.Sprintf("The scenario's grid has %d more settings of %s, which the recommendation was not compared with: give fewer with --set workload.part_size or --set workload.concurrency.", s.Left, s.Contestant))
		}
		if t.runs.clock.Clock == clockVirtual && !contestants.Repeatable(s.Contestant, nil) {
			t.notes = append(t.notes, fmt.Sprintf("%s takes its randomness from elsewhere than the seed: the search does not repeat to the last digit.", s.Contestant))
		}
	}
	if t.Budget > 0 {
		t.notes = append(t.notes, "How much was tried depended on the machine's speed (--budget): use --trials for a search that repeats.")
	}
}

// write leaves the report beside the rounds.
func (c tuneCmd) write(dir string, r *tune.Report) error {
	for format, ending := range map[string]string{"json": ".json", "markdown": ".md"} {
		if err := writeTune(filepath.Join(dir, tuneFile+ending), r, format); err != nil {
			return err
		}
	}
	return nil
}

func writeTune(path string, r *tune.Report, format string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := errors.Join(r.Print(f, format), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
