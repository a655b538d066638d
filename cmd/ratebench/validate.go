package main

import (
	"errors"
	"fmt"
)

type validateCmd struct {
	Files []string `arg:"" name:"file" help:"Scenario files, or - for standard input."`
}

func (validateCmd) Help() string {
	return `Examples:

    ratebench validate scenarios/*.yaml
    ratebench validate - < my.yaml`
}

// Run checks every file, also after one was bad.
func (c validateCmd) Run(io *streams) error {
	var bad int
	for _, file := range c.Files {
		if _, err := loadScenario(file, io.in); err != nil {
			complain(io.err, err)
			bad++
			continue
		}
		fmt.Fprintf(io.out, "%s: ok\n", file)
	}
	switch {
	case bad == 0:
		return nil
	case len(c.Files) == 1:
		return &exitError{exitUsage, errQuiet}
	}
	return usagef("%d of %d scenarios cannot be used", bad, len(c.Files))
}

// errQuiet ends a command that has said all there is to say.
var errQuiet = errors.New("")
