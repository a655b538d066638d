package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
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

// Metrics lists the columns of trials.csv that a threshold may name: the numeric ones that are results, not settings.
func Metrics() []string {
	var out []string
	t := reflect.TypeFor[record.Trial]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("csv"), ",")
		ft := t.Field(i).Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		setting := slices.Contains([]string{"trial", "part_size", "concurrency", "repeat", "seed"}, name)
		if k := ft.Kind(); (k == reflect.Int || k == reflect.Int64 || k == reflect.Float64) && !setting {
			out = append(out, name)
		}
	}
	return out
}

func (c *checker) thresholds() {
	metrics := Metrics()
	var names []string
	for _, con := range c.Contestants {
		names = append(names, con.As)
	}
	if *c.Oracle {
		names = append(names, OracleName)
	}
	for i, t := range c.Thresholds {
		at := fmt.Sprintf("thresholds.%d", i)
		if !slices.Contains(metrics, t.Metric) {
			c.fail(at+".metric", "%q is no numeric column of trials.csv: %s", clip(t.Metric), suggest(t.Metric, metrics))
		}
		if t.Contestant != "" && !slices.Contains(names, t.Contestant) {
			c.fail(at+".contestant", "no contestant is called %q in results: %s", clip(t.Contestant), suggest(t.Contestant, names))
		}
		switch {
		case t.Min == nil && t.Max == nil:
			c.fail(at, "a threshold needs min, max or both, such as min: 0.8")
		case t.Min != nil && t.Max != nil && *t.Min > *t.Max:
			c.fail(at+".min", "%g is over max, %g: nothing can pass", *t.Min, *t.Max)
		}
	}
}
