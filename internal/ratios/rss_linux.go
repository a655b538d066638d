package main

import (
	"os"
	"syscall"
)

// peakRSS is the most resident memory a process ever held, in MiB.
func peakRSS(p *os.ProcessState) (float64, bool) {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, false
	}
	return float64(u.Maxrss) / 1024, true // Linux counts in KiB
}
