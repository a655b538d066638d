package report

import (
	"slices"
	"strings"
)

// warnVersions says which versions differ between the runs: of ratebench, of Go, and of the modules that are measured. Any of them may change numbers
// by itself, so a baseline should be renewed then. That two programs that were run by one job are of different versions of ratebench needs no warning:
// that is what is compared.
func (c *Comparison) warnVersions(base, head Side, o *CompareOptions) {
	names := []string{"ratebench", "go"}
	var modules []string
	for _, s := range []Side{base, head} {
		for _, r := range s.Runs {
			for name := range r.Manifest.Versions {
				if !slices.Contains(names, name) && !slices.Contains(modules, name) {
					modules = append(modules, name)
				}
			}
		}
	}
	slices.Sort(modules)
	if o.OneJob {
		names = names[1:]
	}
	for _, name := range append(names, modules...) {
		a, b := versionsOf(base, name), versionsOf(head, name)
		if len(a) == 1 && slices.Equal(a, b) {
			continue
		}
		c.warn("different versions of %s, which may change numbers by itself: %s in the base, %s in the head",
			clean(name), strings.Join(a, " and "), strings.Join(b, " and "))
	}
}

// versionsOf are the versions that the runs of a side have of something, ready to be printed.
func versionsOf(s Side, name string) (versions []string) {
	for _, r := range s.Runs {
		v := clean(r.Manifest.Versions[name])
		if v == "" {
			v = "none"
		}
		if !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	return versions
}
