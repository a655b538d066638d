package main

import (
	"errors"
	"fmt"
)

// The exit codes. An injected fault is not a failure of the run.
const (
	exitPassed      = 0
	exitFailed      = 1   // I/O, an integrity check, an unexpected error
	exitUsage       = 2   // wrong arguments or an invalid scenario
	exitThreshold   = 3   // a threshold of the scenario was broken, or has no number to go by
	exitNoVerdict   = 4   // nothing to judge by: no trial ended, or nothing got through
	exitInterrupted = 130 // as shells say for SIGINT; partial results are kept
)

// exitError carries the exit code that an error ends the process with.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// withExit gives err an exit code; nil stays nil.
func withExit(code int, err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code, err}
}

// usagef is an error that the user mends at the command line or in the scenario.
func usagef(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// exitCode is what a command's error ends the process with: exitFailed unless the error says otherwise.
func exitCode(err error) int {
	if err == nil {
		return exitPassed
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	return exitFailed
}
