package trials

import (
	"fmt"
	"slices"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/scenarios"
)

// ActsInRun refuses faults that could never act in a run.
func ActsInRun(s *scenarios.Scenario) error {
	for _, k := range faults.Builtin() {
		for _, r := range s.Faults {
			if (k.Only == faults.OnlyTLS || k.Only == faults.OnlyHTTP2) && slices.Contains(r.Names(), k.Name) {
				return fmt.Errorf("fault rule %s: %s needs %s, and a run speaks HTTP/1.1 without TLS: use ratebench serve --tls", r.Name, k.Name, k.Only)
			}
		}
	}
	return nil
}
