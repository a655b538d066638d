package transport

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// pythonNumber is what Python's float() takes, in ASCII and after its white space is stripped.
var pythonNumber = regexp.MustCompile(`^[+-]?(?i:inf(inity)?|nan|(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?)$`)

// pythonFloat reads a number as Python's float() does. Go's strconv takes hexadecimal numbers and no underscores.
func pythonFloat(s string) (float64, error) {
	t := strings.TrimSpace(s)
	if !pythonNumber.MatchString(t) {
		return 0, fmt.Errorf("Retry-After %q is not a number of seconds, and ghga-python ends the call on anything else", s)
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(t, "_", ""), 64)
	if err != nil && !math.IsInf(f, 0) { // Python reads 1e999 as infinity, too
		return 0, fmt.Errorf("Retry-After %q is not a number of seconds: %w", s, err)
	}
	return f, nil
}

// secondsToDuration saturates at both ends. NaN becomes the shortest wait that is not zero: in Python it is true, and
// leaves nothing to sleep.
func secondsToDuration(s float64) time.Duration {
	const most = float64(math.MaxInt64) / 1e9
	switch {
	case math.IsNaN(s):
		return -1
	case s >= most:
		return math.MaxInt64
	case s <= -most:
		return math.MinInt64
	}
	if d := time.Duration(s * 1e9); d != 0 || s == 0 {
		return d
	}
	return 1 // less than a nanosecond is still not zero
}
