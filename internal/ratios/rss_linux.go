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

// coreSeconds is the processor time that this process has had.
func coreSeconds() (float64, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9, true
}
