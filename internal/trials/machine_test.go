package trials

import (
	"io/fs"
	"strings"
	"testing"
)

func TestMachineName(t *testing.T) {
	name := func(ids ...string) string {
		return machineName(func(path string) ([]byte, error) {
			for i, p := range machineFiles {
				if p == path && ids[i] != "" {
					return []byte(ids[i] + "\n"), nil
				}
			}
			return nil, fs.ErrNotExist
		})
	}
	if got := name("", ""); got != "" {
		t.Errorf("nothing is known, and it is called %q", got)
	}
	seen := map[string]bool{}
	for _, ids := range [][]string{{"a", ""}, {"", "a"}, {"a", "b"}, {"a", "c"}, {"d", "b"}} {
		got := name(ids...)
		if len(got) != 12 || strings.Trim(got, "0123456789abcdef") != "" || seen[got] || got != name(ids...) {
			t.Errorf("%q is called %q", ids, got)
		}
		seen[got] = true
	}
}
