package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ratebench/ratebench/report"
)

type reportCmd struct {
	Dir string `arg:"" help:"Results folder of a run."`
	viewFlags
	pageFlag
}

func (reportCmd) Help() string {
	return `Examples:

    ratebench report results/flaky-20260102T030405Z
    ratebench report results/flaky-20260102T030405Z -o csv > flaky.csv
    ratebench report results/flaky-20260102T030405Z --ui         # of a run that is going on: as it grows

The columns of the table:

    ` + strings.ReplaceAll(report.Legend(), "\n", "\n    ")
}

// Run shows what is in the folder, of a run that is under way or was interrupted too.
func (c reportCmd) Run(ctx context.Context, io *streams) error {
	if _, err := openResults(c.Dir); err != nil {
		return err
	}
	a, err := c.show(io, c.Dir)
	if err != nil {
		return err
	}
	if c.UI != "" {
		ctx, stop := interruptible(ctx, io.err)
		defer stop()
		return c.follow(ctx, io.err, c.Dir)
	}
	if a.Trials == 0 {
		return withExit(exitNoVerdict, errors.New("no trial of this run has ended, so there is nothing to judge"))
	}
	return nil
}

// viewFlags say how results are printed.
type viewFlags struct {
	Output  string `short:"o" enum:"table,json,csv,markdown" default:"table" placeholder:"FORMAT" help:"Print results as table, json, csv or markdown. Default: table."`
	NoColor bool   `help:"No colours; NO_COLOR and TERM=dumb do the same."`
}

// show writes the views into a results folder and prints the results. A view that cannot be written does not keep them
// from being printed; the analysis is nil only if the folder cannot be read.
func (v viewFlags) show(out *streams, dir string) (*report.Analysis, error) {
	a, err := report.Write(dir)
	if a == nil {
		return nil, err
	}
	if printErr := v.print(out.out, a); printErr != nil {
		err = errors.Join(err, fmt.Errorf("printing the results of %s: %w", dir, printErr))
	}
	return a, err
}

func (v viewFlags) print(w io.Writer, a *report.Analysis) error {
	switch v.Output {
	case "json":
		return report.JSON(w, a)
	case "csv":
		return report.CSV(w, a)
	case "markdown":
		return report.Markdown(w, a)
	default:
		return report.Table(w, a, report.TableOptions{Color: useColor(w, v.NoColor), Wide: !isTerminal(w)})
	}
}
