package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/report"
)

type compareCmd struct {
	Base     string `arg:"" optional:"" help:"Results folder of a run, or a folder of such folders; with --run, a ratebench program."`
	Head     string `arg:"" optional:"" help:"What is compared with the base: the same kind."`
	Scenario string `arg:"" optional:"" help:"With --run: what both programs run."`

	Metric         []string `placeholder:"NAME" help:"Compare these metrics in place of the usual ones, such as goodput or p99. Repeatable."`
	Threshold      string   `default:"5%" placeholder:"SHARE" help:"A change below it does not matter. Default: 5%."`
	FailOn         []string `sep:"none" placeholder:"RULE" help:"What fails, such as 'goodput<-5%' or 'early>+3'. Repeatable. Default: anything worse in goodput, amplification, early, failed or, of single calls, cut."`
	Gate           string   `placeholder:"FILE" help:"Rules from a YAML file."`
	AllowMissing   bool     `help:"Leave contestants out that only one side has."`
	AllowChanged   bool     `help:"Compare contestants whose parameters differ."`
	AllowFailed    bool     `help:"Leave trials out that failed, are invalid or were not run. Otherwise there is no verdict on what the gate says of them."`
	AllowSaturated bool     `help:"Take trials as they are in which this machine was the bottleneck. Otherwise there is no verdict where most are."`
	Format         string   `short:"o" enum:"text,markdown,json,junit,github,benchstat" default:"text" help:"text, markdown, json, junit, github or benchstat."`
	NoColor        bool     `help:"No colours; NO_COLOR and TERM=dumb do the same."`
	SelfCheck      bool     `help:"Compare made-up data of which the verdict is known, and fail unless every one is right."`

	Programs bool          `name:"run" help:"Run two programs here, in turns and with the same seeds, and compare what they did."`
	Out      string        `placeholder:"DIR" help:"With --run: where the results go. Default: results/<scenario>-compare-<UTC time>/."`
	Grace    time.Duration `default:"30s" placeholder:"TIME" help:"With --run: how long a program may take to end after an interrupt. Default: 30s."`
	Quiet    bool          `short:"q" help:"No progress and no messages; errors only."`
	bothFlags
	singleFlags
}

func (compareCmd) Help() string {
	return `Examples:

    ratebench compare results/before results/after
    ratebench compare base/ head/ --fail-on 'goodput<-5%' --fail-on 'early>+3'
    ratebench compare base/ head/ --gate gate.yaml --format github
    ratebench compare --run ./ratebench-main ./ratebench-pr scenarios/flaky.yaml
    ratebench compare --run ./ratebench-main ./ratebench-pr flaky --backend minio --set contestants=all
    ratebench compare base/ head/ --format benchstat > both.txt && benchstat -col side both.txt
    ratebench compare --self-check

Exit code 0: nothing that the gate forbids is shown. 3: a rule of the gate is broken: the change is beyond it, its 95% interval leaves zero out,
and it is significant after Holm's correction. 4: no verdict, which is never a pass: no data, or of some trials only, too few trials, another
scenario, clock or machine (runs in virtual time may be from different ones), a contestant that one side lacks, trials that failed or were not
run, files that are damaged, most trials held up by this machine, a rule that matches nothing, or a change beyond the gate that the data could not
show to be more than chance.

A rule is a metric, < or >, and a change: in percent of the base (goodput<-5%), or in the metric's own unit (early>+3, recovery>+0.5). It holds in
every cell by itself, or with "over all cells" for the geometric mean of a contestant's cells (goodput<-3% over all cells). Rules replace what
holds without any, but for the share of failures: that may not be worse unless a rule is about it (failed>+0.02). A gate file has a list of rules,
which may be for some contestants or cells:

    version: 1
    rules:
      - fail_on: goodput<-5%
      - fail_on: early>+3
        contestants: [exponential]
        part_sizes: [8MiB]
        concurrencies: [4]
      - fail_on: goodput<-3% over all cells`
}

// Run compares, prints and judges.
func (c compareCmd) Run(ctx context.Context, io *streams) error {
	if c.SelfCheck {
		return c.selfCheck(io)
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	if err := c.refuse(); err != nil {
		return err
	}
	var base, head report.Side
	var found *report.Comparison
	switch {
	case c.Programs:
		base, head, err = c.measure(ctx, io)
		o.OneJob = true
	case c.Scenario != "":
		err = usagef("compare takes two folders; a scenario goes with --run and two programs")
	case c.Base == "" || c.Head == "":
		err = usagef("compare needs two results folders: ratebench compare BASE HEAD")
	case c.given() != "" || c.Out != "":
		err = usagef("%s goes with --run, which measures; folders have been measured already", cmp.Or(c.given(), "--out"))
	default:
		base, head, found, err = readSides(c.Base, c.Head)
	}
	if err != nil {
		return err
	}
	if found == nil {
		if found, err = report.Compare(base, head, o); err != nil {
			return withExit(exitUsage, err)
		}
	}
	if err := c.print(io.out, found, base, head); err != nil {
		return fmt.Errorf("printing the comparison: %w", err)
	}
	err = compareVerdict(found)
	if exitCode(err) == exitNoVerdict && c.Format == "text" && isTerminal(io.out) {
		return withExit(exitNoVerdict, errors.New("")) // who reads it has just read why
	}
	return err
}

// options turns flags into what is compared, and refuses what makes no sense.
func (c compareCmd) options() (o report.CompareOptions, err error) {
	share, err := units.ParseShare(c.Threshold)
	if err != nil || share <= 0 || share >= 1 {
		return o, usagef("--threshold %q is no change: write a share above 0%% and below 100%%, such as 5%%", c.Threshold)
	}
	o = report.CompareOptions{Metrics: c.Metric, Threshold: float64(share), AllowMissing: c.AllowMissing, AllowChanged: c.AllowChanged,
		AllowFailed: c.AllowFailed, AllowSaturated: c.AllowSaturated}
	for _, name := range c.Metric {
		if _, ok := report.ComparedMetric(name); !ok {
			_, err := report.Compare(report.Side{}, report.Side{}, report.CompareOptions{Metrics: []string{name}})
			return o, withExit(exitUsage, fmt.Errorf("--metric: %w", err))
		}
	}
	for _, text := range c.FailOn {
		r, err := report.ParseRule(text)
		if err != nil {
			return o, withExit(exitUsage, fmt.Errorf("--fail-on: %w", err))
		}
		o.Rules = append(o.Rules, r)
	}
	if c.Gate != "" {
		src, err := os.ReadFile(c.Gate)
		if err != nil {
			return o, withExit(exitUsage, fmt.Errorf("read the gate: %w", err))
		}
		rules, err := report.ParseGate(c.Gate, src)
		if err != nil {
			return o, withExit(exitUsage, err)
		}
		o.Rules = append(o.Rules, rules...)
	}
	return o, nil
}

// readSides reads the folders that the user has named. What is damaged there is no failure of this program: found then says why there is no
// verdict.
func readSides(baseDir, headDir string) (base, head report.Side, found *report.Comparison, err error) {
	var damage []error
	for i, side := range []*report.Side{&base, &head} {
		dir := []string{baseDir, headDir}[i]
		*side, err = readSide(dir)
		if _, ok := errors.AsType[*report.DamageError](err); ok {
			damage = append(damage, err)
		} else if err != nil {
			return base, head, nil, err
		}
	}
	if len(damage) > 0 {
		return base, head, report.CompareDamaged(base, head, damage...), nil
	}
	return base, head, nil, notTheSame(base, head)
}

func readSide(dir string) (report.Side, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return report.Side{}, usagef("%s is a file: name the folder of a run, or one of such folders; programs go with --run", dir)
	}
	s, err := report.ReadSide(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return s, withExit(exitUsage, err)
	}
	return s, err
}

// notTheSame refuses a run that is on both sides: it would differ from itself in nothing, and pass. Links are seen through.
func notTheSame(base, head report.Side) error {
	paths := func(s report.Side) []string {
		all := []string{s.Name}
		for _, r := range s.Runs {
			all = append(all, r.Dir)
		}
		return all
	}
	for _, a := range paths(base) {
		x, err := os.Stat(a)
		if err != nil {
			return fmt.Errorf("read the results: %w", err)
		}
		for _, b := range paths(head) {
			y, err := os.Stat(b)
			if err != nil {
				return fmt.Errorf("read the results: %w", err)
			}
			if os.SameFile(x, y) {
				return usagef("%s of the base and %s of the head are the same folder, so nothing could differ: name two runs", a, b)
			}
		}
	}
	return nil
}

// print prints the comparison as the flags say. In a job of GitHub, the summary goes where the job shows it.
func (c compareCmd) print(w io.Writer, found *report.Comparison, base, head report.Side) error {
	switch c.Format {
	case "markdown":
		return report.CompareMarkdown(w, found)
	case "json":
		return report.CompareJSON(w, found)
	case "junit":
		return report.CompareJUnit(w, found)
	case "benchstat":
		return report.CompareBench(w, base, head)
	case "github":
		err := report.CompareGitHub(w, found)
		if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" {
			err = errors.Join(err, appendSummary(path, found))
		}
		return err
	}
	return report.CompareTable(w, found, report.TableOptions{Color: useColor(w, c.NoColor), Wide: !isTerminal(w)})
}

// appendSummary adds the comparison to the summary of a job, behind what other steps have written.
func appendSummary(path string, found *report.Comparison) (err error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the job's summary: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.CompareMarkdown(f, found)
}

// compareVerdict is what the comparison ends the process with.
func compareVerdict(found *report.Comparison) error {
	switch found.Outcome {
	case report.ComparePassed:
		return nil
	case report.CompareFailed:
		n := 0
		for _, g := range found.Gate {
			n += len(g.Failed)
		}
		return withExit(exitThreshold, fmt.Errorf("the gate fails: %d %s worse than it allows", n, map[bool]string{true: "number is", false: "numbers are"}[n == 1]))
	}
	text := strings.Join(found.Doubts[:min(1, len(found.Doubts))], "")
	if n := len(found.Doubts) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more %s)", n, map[bool]string{true: "reason", false: "reasons"}[n == 1])
	}
	return withExit(exitNoVerdict, errors.New("no verdict: "+text))
}

// selfCheck proves that the gate can fail, pass and withhold its verdict.
func (c compareCmd) selfCheck(out *streams) error {
	if c.Base != "" || c.Programs {
		return usagef("--self-check compares made-up data: leave folders and --run out")
	}
	var b bytes.Buffer
	wrong := 0
	cases := report.CompareCases()
	for _, k := range cases {
		got, right := k.Check()
		word := "ok"
		if !right {
			word = "WRONG"
			wrong++
		}
		fmt.Fprintf(&b, "%-5s  wanted %-10s  got %-10s  %s\n", word, k.Want, got, k.Name)
	}
	fmt.Fprintf(&b, "%d of %d cases are as they should be\n", len(cases)-wrong, len(cases))
	if _, err := out.out.Write(b.Bytes()); err != nil {
		return fmt.Errorf("printing the self-check: %w", err)
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d cases of the self-check are wrong: do not trust verdicts of this program", wrong, len(cases))
	}
	return nil
}
