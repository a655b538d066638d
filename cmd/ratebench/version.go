package main

import (
	"fmt"
	"runtime"

	"github.com/ratebench/ratebench/internal/trials"
)

type versionCmd struct{}

func (versionCmd) Run(io *streams) error {
	_, err := fmt.Fprintf(io.out, "ratebench %s (%s, %s/%s)\n", trials.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
