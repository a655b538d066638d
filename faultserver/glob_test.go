package faultserver

import (
	"path"
	"testing"

	"pgregory.net/rapid"
)

// The short way through glob says what path.Match says.
func TestGlobIsPathMatch(t *testing.T) {
	for _, c := range []struct{ pattern, s string }{
		{"*", ""}, {"*", "a/b"}, {"", ""}, {"obj*", "object-1"}, {"obj*", "obj"}, {"obj*", "ob"}, {"obj*", "obj/x"}, {"a/*", "a/b"},
		{"a*b*", "aabb"}, {`\**`, "*x"}, {"[ab]*", "b/"}, {"?*", "xy"},
	} {
		if want, _ := path.Match(c.pattern, c.s); glob(c.pattern, c.s) != want {
			t.Errorf("glob(%q, %q) is not %v", c.pattern, c.s, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		pattern, s := rapid.StringMatching(`[ab/*?]{0,5}`).Draw(t, "pattern"), rapid.StringMatching(`[ab/*]{0,6}`).Draw(t, "s")
		if want, _ := path.Match(pattern, s); glob(pattern, s) != want {
			t.Fatalf("glob(%q, %q) is not %v", pattern, s, want)
		}
	})
}
