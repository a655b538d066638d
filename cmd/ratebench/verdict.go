package main

import (
	"errors"

	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/report"
	"github.com/ratebench/ratebench/scenarios"
)

// verdict holds the results in a folder against the scenario's thresholds.
func verdict(s *scenarios.Scenario, dir string) error {
	run, err := report.Read(dir)
	if err != nil {
		return err
	}
	err = trials.Judge(s, report.Analyse(run))
	if _, broken := errors.AsType[*trials.ThresholdError](err); broken {
		return withExit(exitThreshold, err)
	}
	if errors.Is(err, trials.ErrNoVerdict) {
		return withExit(exitNoVerdict, err)
	}
	return err
}
