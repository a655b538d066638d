//go:build !linux

package main

import "os"

// peakRSS knows only Linux.
func peakRSS(*os.ProcessState) (float64, bool) { return 0, false }

// coreSeconds is the processor time that this process has had; it is not asked for here.
func coreSeconds() (float64, bool) { return 0, false }
