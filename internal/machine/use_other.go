//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package machine

import "time"

func processorTime() (time.Duration, bool) { return 0, false }

func filesInUse() (float64, bool) { return 0, false }
