package bubble

import (
	"os"
	"testing"
)

// Main calls f with what Run needs, and ends the process with the code that f returns. It never returns itself.
func Main(f func(t *testing.T) int) {
	os.Args = os.Args[:1] // the driver would take the rest for its own flags
	all := func(_, _ string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "bubble", F: func(t *testing.T) { os.Exit(f(t)) }}}, nil, nil)
}
