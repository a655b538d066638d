//go:build race

package metrics

import (
	"flag"
	"os"
	"testing"
)

// Nothing here runs at once with anything else, so the race detector only has to see each property a few times.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "10"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
