package scenarios

import (
	"fmt"
	"maps"
	"slices"
)

// OracleName is the name of the oracle in results. No contestant may take it.
const OracleName = "oracle"

func (c *checker) contestants() {
	if len(c.Contestants) == 0 {
		c.fail("contestants", "the list is empty: write at least one; see `ratebench list contestants`")
	}
	for i, con := range c.Contestants {
		at := fmt.Sprintf("contestants.%d", i)
		switch {
		case con.Name == OracleName:
			c.fail(at, "the oracle is a yardstick, not a contestant: write oracle: true, which is the default, and remove it here")
			continue
		case con.As == OracleName:
			c.fail(at+".as", "oracle is the name of the yardstick in results: choose another")
		case !named(con.As, asRest):
			c.fail(at+".as", "%q is no name for results: %s", clip(con.As), wantedAs)
		case slices.ContainsFunc(c.Contestants[:i], func(o Contestant) bool { return o.As == con.As }):
			c.fail(at, "two contestants are called %s in results: give one another name with as", con.As)
		}
		c.contestant(con, at)
	}
}

// contestant checks name and parameters against what the options tell.
func (c *checker) contestant(con Contestant, at string) {
	before := len(c.problems)
	params, ok := c.known[con.Name]
	if !ok && c.known != nil {
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(c.known)), func(n string) bool { return n == OracleName })
		c.fail(at+".name", "unknown contestant %q: %s", clip(con.Name), suggest(con.Name, names))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(con.With)) {
		if c.known != nil && !slices.Contains(params, key) {
			c.fail(at+".with."+key, "%s has no such parameter: %s", con.Name, suggest(key, params))
		}
	}
	if c.check != nil && len(c.problems) == before {
		if err := c.check(c.Workload, con); err != nil {
			if len(con.With) > 0 {
				at += ".with"
			}
			c.fail(at, "%v", err)
		}
	}
}
