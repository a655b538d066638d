package workloads

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/scenarios"
)

// The scenario language reckons what the Connector will make of a file without asking it: both come to the same sizes.
func TestCutAsTheConnectorCuts(t *testing.T) {
	w := &scenarios.Workload{Kind: scenarios.KindGHGA, Do: scenarios.DoUpload}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.Int64Range(1, 1<<20), rapid.Int64Range(1, 50<<40)).Draw(t, "size")
		configured := rapid.OneOf(rapid.Int64Range(1, 100<<20), rapid.Int64Range(1, 6<<30)).Draw(t, "configured")
		sealed := connector.EncryptedSize(size)
		if got := w.Brought(size); got != sealed {
			t.Fatalf("%d bytes are %d encrypted, the Connector has %d", size, got, sealed)
		}
		if got, want := w.Cut(size, configured), connector.PartSize(configured, sealed); got != want {
			t.Fatalf("parts of %d bytes, the Connector makes %d", got, want)
		}
	})
}
