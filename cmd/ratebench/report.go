package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ratebench/ratebench/report"
)

type reportCmd struct {
	Dir string `arg:"" help:"Results folder of a run."`
	viewFlags
}

func (reportCmd) Help() string {
	return `Examples:

    ratebench report results/flaky-20260102T030405Z
    ratebench report results/flaky-20260102T030405Z -o csv > flaky.csv

The columns of the table:

    ` + strings.ReplaceAll(report.Legend(), "\n", "\n    ")
}

// Run shows what is in the folder, of a run that is under way or was interrupted too.
func (c reportCmd) Run(io *streams) error {
	if _, err := openResults(c.Dir); err != nil {
		return err
	}
	r, err := readResults(c.Dir)
	if err != nil {
		return err
	}
	if err := c.show(io, r); err != nil {
		return err
	}
	if r.analysis.Trials == 0 {
		return withExit(exitNoVerdict, errors.New("no trial of this run has ended, so there is nothing to judge"))
	}
	return nil
}

// results are a folder's, read and analysed.
type results struct {
	dir      string
	run      *report.Run
	analysis *report.Analysis
}

func readResults(dir string) (results, error) {
	run, err := report.Read(dir)
	if err != nil {
		return results{}, err
	}
	return results{dir, run, report.Analyse(run)}, nil
}

// viewFlags say how results are printed.
type viewFlags struct {
	Output  string `short:"o" enum:"table,json,csv,markdown" default:"table" placeholder:"FORMAT" help:"Print results as table, json, csv or markdown. Default: table."`
	NoColor bool   `help:"No colours; NO_COLOR and TERM=dumb do the same."`
}

// show prints the results and writes the views into their folder.
func (v viewFlags) show(out *streams, r results) error {
	if err := v.print(out.out, r.analysis); err != nil {
		return fmt.Errorf("printing the results of %s: %w", r.dir, err)
	}
	return writeViews(r)
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
		return report.Table(w, a, report.TableOptions{Color: useColor(w, v.NoColor)})
	}
}

// SEAM: report.Write.
func writeViews(r results) error { return nil }
