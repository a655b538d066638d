package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/report"
)

type runCmd struct {
	scenarioFlags
	viewFlags
	Out    string `placeholder:"DIR" help:"Where the results go. Default: results/<scenario>-<UTC time>/."`
	Resume bool   `help:"Go on with the interrupted run in --out; refused while another process writes there."`
	Quiet  bool   `short:"q" help:"No progress and no messages; errors only."`
	liveFlags
	clockFlags
	execFlags
	s3Flags
}

func (runCmd) Help() string {
	return `Examples:

    ratebench run scenarios/flaky.yaml
    ratebench run flaky --set workload.object_size=64MiB --repeats 5 --out /tmp/flaky
    ratebench run flaky --out /tmp/flaky --resume
    ratebench run flaky --backend minio
    ratebench run calls --backend http://127.0.0.1:8080
    ratebench run storm --set contestants=all        # every contestant that fits the workload
    ratebench run throttle --clock virtual           # the same trials in virtual time, in seconds
    ratebench run flaky -o json > flaky.json
    ratebench run storm --ui                         # the report in a browser while it grows

` + execHelp()
}

// Run runs the scenario, writes the views and prints the table. Whatever happens on the way, what has been measured
// by then is kept and shown.
func (c runCmd) Run(ctx context.Context, io *streams) error {
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	done, err := c.measure(ctx, io)
	j := done.job
	if j.folder == nil { // nothing was begun
		return err
	}
	defer j.folder.Close()
	dir := j.folder.Dir()
	analysis, viewErr := c.show(io, dir)
	if viewErr != nil {
		err = c.end(j.folder, &done.manifest, besides(err, viewErr))
	}
	if analysis != nil && !c.Quiet {
		fmt.Fprintf(io.err, "%d of %d trials done in %v; results in %s\n",
			analysis.Trials, len(j.plan.Trials), time.Since(done.start).Round(time.Second), dir)
		if j.workers != nil {
			fmt.Fprintln(io.err, j.ran.speed(done.took))
		}
		j.programs.complaints(io.err)
		if j.watch != nil && j.watch.page != nil {
			fmt.Fprintf(io.err, "report page: %s\n", filepath.Join(dir, report.HTMLFile))
		}
	}
	// Whoever looks on sees the end. That changes nothing about how the run ended.
	if err := j.watch.end(ctx, io.err, done.manifest.Outcome); err != nil {
		fmt.Fprintf(io.err, "ratebench: ending the live view: %v\n", err)
	}
	return err
}

// ended is a run that has ended, before its views are made.
type ended struct {
	job      job // without a folder if nothing was begun
	manifest record.Manifest
	start    time.Time
	took     time.Duration // by the trials
}

// measure runs the scenario. The manifest says how that ended before there are views, which show it. The folder stays open.
func (c runCmd) measure(ctx context.Context, io *streams) (ended, error) {
	watch, err := c.listen()
	if err != nil {
		return ended{}, err
	}
	j, manifest, err := c.prepare(ctx, io)
	if err != nil {
		if ctx.Err() != nil {
			err = withExit(exitInterrupted, errInterrupted)
		}
		return ended{}, errors.Join(err, watch.close())
	}
	j.watch = watch
	j.watch.serve(io.err, j.folder.Dir(), &manifest, len(j.finished))
	start := time.Now()
	bar := !c.Quiet && isTerminal(io.err)
	j.progress = newProgress(io.err, bar, len(j.plan.Trials), len(j.finished), j.expected())
	err = execute(ctx, j)
	j.progress.close()
	done := ended{job: j, start: start, took: time.Since(start)}
	interrupted := ctx.Err() != nil
	err = errors.Join(err, closeSite(ctx, j.site), j.programs.files.Close())
	if j.workers != nil {
		err = errors.Join(err, j.workers.Close())
	}
	if err == nil {
		err = j.programs.problem(j.finished)
	}
	if err == nil {
		err = verdict(j.scenario, j.folder.Dir())
	}
	if interrupted {
		err = withExit(exitInterrupted, fmt.Errorf("interrupted; go on with: %s", c.again(j.folder.Dir())))
	}
	err = c.end(j.folder, &manifest, err)
	done.manifest = manifest
	return done, err
}

// end writes into the manifest how the run ended.
func (c runCmd) end(folder *record.Folder, m *record.Manifest, err error) error {
	m.Ended, m.Problem = time.Now().UTC().Format(time.RFC3339), ""
	if err != nil {
		m.Problem = err.Error()
		if len(c.Exec) > 0 {
			m.Problem = c.redact(m.Problem) // it may name the command
		}
	}
	switch exitCode(err) {
	case exitPassed:
		m.Outcome = record.OutcomePassed
	case exitInterrupted:
		m.Outcome = record.OutcomeInterrupted
	case exitThreshold:
		m.Outcome = record.OutcomeThreshold
	case exitNoVerdict:
		m.Outcome = record.OutcomeNoVerdict
	default:
		m.Outcome = record.OutcomeFailed
	}
	return besides(err, folder.WriteManifest(*m))
}

// prepare does everything that can be refused before a run begins. Nothing is written until all else is in order.
func (c runCmd) prepare(ctx context.Context, io *streams) (job, record.Manifest, error) {
	var none record.Manifest
	s, err := c.loadWith(c.scenarioFlags, io.in)
	if err != nil {
		return job{}, none, err
	}
	if err := trials.ActsInRun(s); err != nil {
		return job{}, none, withExit(exitUsage, err)
	}
	kind, external, err := c.resolve(s.Backend.Place(), os.Getenv)
	if err == nil {
		err = suits(s, kind)
	}
	if err != nil {
		return job{}, none, err
	}
	if err := c.admit(s, external, c.Clock); err != nil {
		return job{}, none, err
	}
	if c.Resume && c.Out == "" {
		return job{}, none, usagef("--resume needs --out DIR, the folder of the run to go on with")
	}
	if err := c.check(s, kind); err != nil {
		return job{}, none, err
	}
	j := job{scenario: s, plan: trials.NewPlan(s), ran: new(ran)}
	manifest := trials.NewManifest(s, kind, external, len(j.plan.Trials), time.Now())
	manifest.Clock, manifest.Commands = c.Clock, c.commands()
	dir := c.Out
	if dir == "" {
		dir = defaultOut(s.Name, time.Now())
	}
	if err := checkFolder(dir, c.Resume, &manifest); err != nil {
		return job{}, none, err
	}
	// Only now is anything asked of a server, and only when it answers is a folder made.
	if j.site, err = target.NewSite(ctx, s, external); err != nil {
		return job{}, none, err
	}
	if j.folder, j.finished, err = openFolder(dir, c.Resume); err == nil {
		err = j.folder.WriteManifest(manifest)
	}
	if err == nil {
		j.programs, err = c.execFlags.prepare(s, j.site, dir)
	}
	if err == nil && c.Clock == clockVirtual {
		err = c.employ(&j, c.overrides())
	}
	if err != nil {
		if j.folder != nil {
			err = errors.Join(err, j.folder.Close())
		}
		return job{}, none, errors.Join(err, closeSite(ctx, j.site), j.programs.files.Close())
	}
	return j, manifest, nil
}

// closeWithin bounds the wait for a server that is to remove what a run left.
const closeWithin = 30 * time.Second

// closeSite takes the server side down, also after an interrupt.
func closeSite(ctx context.Context, site *target.Site) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	return site.Close(ctx)
}

// again is the command that goes on with the run. Keys stay out of it.
func (c runCmd) again(dir string) string {
	args := []string{"ratebench run", quote(c.Scenario)}
	for _, set := range c.overrides() {
		args = append(args, "--set", quote(set))
	}
	if c.Clock == clockVirtual {
		args = append(args, "--clock", clockVirtual)
	}
	for _, command := range c.Exec {
		args = append(args, "--exec", quote(command))
	}
	for _, name := range c.As {
		args = append(args, "--as", quote(name))
	}
	if c.Beside {
		args = append(args, "--beside")
	}
	if c.Backend != nil {
		args = append(args, "--backend", *c.Backend)
	}
	if c.Endpoint != "" {
		args = append(args, "--endpoint", quote(c.Endpoint))
	}
	if c.Region != "" {
		args = append(args, "--region", quote(c.Region))
	}
	if c.Bucket != "" {
		args = append(args, "--bucket", quote(c.Bucket))
	}
	return strings.Join(append(args, "--out", quote(dir), "--resume"), " ")
}

// quote makes s safe to paste into a shell.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
