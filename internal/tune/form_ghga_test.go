package tune

import (
	"slices"
	"strings"
	"testing"
)

// max_wait_time is a key of the Connector's, in whole seconds; what 3.1.0 has no key for is missing only where it was set.
func TestGHGAFormWaitsForStaging(t *testing.T) {
	for value, want := range map[string]string{"": "3600", "0s": "3600", "10m": "600", "1500ms": "2"} {
		s := Setting{Contestant: "connector-as-is", With: map[string]string{}}
		if value != "" {
			s.With["max_wait_time"] = value
		}
		v, err := newSet(s)
		if err != nil {
			t.Fatal(err)
		}
		f := v.ghga()
		if !strings.Contains(f.Text, "\nmax_wait_time: "+want+"\n") {
			t.Errorf("max_wait_time %s is not %s in\n%s", value, want, f.Text)
		}
		rounded := slices.ContainsFunc(f.Missing, func(m string) bool { return strings.HasPrefix(m, "max_wait_time 1500ms: the key takes whole") })
		if rounded != (value == "1500ms") || len(f.Missing) > 1 || len(f.Missing) == 1 && !rounded {
			t.Errorf("max_wait_time %s: missing is %q", value, f.Missing)
		}
	}
	v, err := newSet(Setting{Contestant: "connector-as-is", With: map[string]string{"part_attempts": "5"}})
	if err != nil {
		t.Fatal(err)
	}
	if f := v.ghga(); !slices.Contains(f.Missing, "part_attempts 5: it has nothing of the kind") {
		t.Errorf("missing is %q", f.Missing)
	}
}
