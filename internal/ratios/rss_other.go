//go:build !linux

package main

import "os"

// peakRSS knows only Linux.
func peakRSS(*os.ProcessState) (float64, bool) { return 0, false }
