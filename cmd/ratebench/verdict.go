package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// verdict holds the results in a folder against the scenario's thresholds. A threshold without data is no verdict, never
// a pass.
func verdict(s *scenarios.Scenario, dir string) error {
	run, err := report.Read(dir)
	if err != nil {
		return err
	}
	a := report.Analyse(run)
	if a.Trials == 0 {
		return withExit(exitNoVerdict, errors.New("no trial ended, so there is nothing to judge"))
	}
	if !anyGoodput(a) {
		return withExit(exitNoVerdict, errors.New("no upload got through in any trial, so there is nothing to compare"))
	}
	var thresholds []report.Threshold
	for _, t := range s.Thresholds {
		thresholds = append(thresholds, report.Threshold{Contestant: t.Contestant, Metric: t.Metric, Min: t.Min, Max: t.Max})
	}
	checks, err := report.CheckThresholds(a, thresholds)
	if err != nil {
		return err
	}
	var broken, unknown []string
	for _, c := range checks {
		switch c.Result {
		case report.Broken:
			broken = append(broken, c.String())
		case report.NoData:
			unknown = append(unknown, c.String())
		}
	}
	switch {
	case len(broken) > 0:
		return withExit(exitThreshold, fmt.Errorf("a threshold does not hold:\n  %s", strings.Join(append(broken, unknown...), "\n  ")))
	case len(unknown) > 0:
		return withExit(exitNoVerdict, fmt.Errorf("a threshold has nothing to go by:\n  %s", strings.Join(unknown, "\n  ")))
	}
	return nil
}

// anyGoodput reports whether anybody got anything through.
func anyGoodput(a *report.Analysis) bool {
	for _, c := range a.Cells {
		for _, row := range c.Rows {
			if row.Values["goodput_mib_s"].Max > 0 {
				return true
			}
		}
	}
	return false
}
