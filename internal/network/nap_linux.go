package network

import (
	"syscall"
	"time"
)

// nap sleeps in the system, which is right to some 50 µs, and holds a thread meanwhile.
func nap(d time.Duration) {
	if d <= 0 {
		return
	}
	ts := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&ts, nil) // an interrupted one ends early; the caller looks at the clock
}
