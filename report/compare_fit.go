package report

import (
	"fmt"
	"maps"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/ratebench/ratebench/internal/record"
)

// clockVirtual is what a manifest says of a run in virtual time.
const clockVirtual = "virtual"

// fit looks whether all runs of both sides may be compared, and reports whether any number may be.
func (c *Comparison) fit(base, head Side, o *CompareOptions) bool {
	if len(base.Runs) == 0 || len(head.Runs) == 0 {
		for i, s := range []Side{base, head} {
			if len(s.Runs) == 0 {
				c.doubt("there is no run on one of the sides: the %s, %s, is neither the folder of a run nor one in which such folders stand",
					[2]string{"base", "head"}[i], clean(s.Name))
			}
		}
		return false
	}
	first := base.Runs[0]
	var known *Run // the first that knows its machine
	for _, s := range []Side{base, head} {
		for _, r := range s.Runs {
			c.fits(first, r, o)
			if known == nil && r.Manifest.Host.Machine != "" {
				known = r
			}
			if known != nil && known != first {
				c.fitsMachine(known, r, o)
			}
		}
	}
	c.noCopies("base", base)
	c.noCopies("head", head)
	if len(c.Doubts) > 0 {
		return false
	}
	c.warnAbout(base, head, o)
	return c.fitContestants(base, head, o)
}

// fits doubts whether a run belongs to the first one.
func (c *Comparison) fits(first, r *Run, o *CompareOptions) {
	a, b := &first.Manifest, &r.Manifest
	if a.Scenario != b.Scenario {
		c.doubt("different scenarios: %s is of %s, %s of %s", clean(first.Dir), clean(a.Scenario), clean(r.Dir), clean(b.Scenario))
		return
	}
	if where := differs(a, b); where != "" {
		text := fmt.Sprintf("different scenarios: %s of %s and %s are not the same%s", where, clean(first.Dir), clean(r.Dir), resolvedBy(a, b))
		if o.OneJob {
			c.warn("%s, although both were given the same file", text)
		} else {
			c.doubt("%s", text)
		}
	}
	if a.Clock != b.Clock {
		c.doubt("different clocks: %s was run on the %s clock, %s on the %s one", clean(first.Dir), clean(a.Clock), clean(r.Dir), clean(b.Clock))
	}
	c.fitsMachine(first, r, o)
	if a.Backend != b.Backend || a.Endpoint != b.Endpoint {
		c.doubt("different backends: %s was run against %s, %s against %s", clean(first.Dir), clean(placeOf(a)), clean(r.Dir), clean(placeOf(b)))
	}
}

// fitsMachine doubts whether two runs on the real clock were made on one machine.
func (c *Comparison) fitsMachine(first, r *Run, o *CompareOptions) {
	a, b := &first.Manifest, &r.Manifest
	if a.Clock == b.Clock && a.Clock != clockVirtual && differentHosts(a.Host, b.Host) && !o.OneJob {
		c.doubt("different machines: %s was run on %s, %s on %s; only runs on the virtual clock can be compared then: "+
			"run both here with --run, or both with --clock virtual", clean(first.Dir), hostName(a.Host), clean(r.Dir), hostName(b.Host))
	}
}

// differentHosts reports whether two machines cannot be the same. Runs of older versions do not say which of its make theirs was.
func differentHosts(a, b record.Host) bool {
	if a.Machine == "" || b.Machine == "" {
		a.Machine, b.Machine = "", ""
	}
	return a != b
}

func placeOf(m *record.Manifest) string {
	if m.Endpoint != "" {
		return m.Backend + " at " + m.Endpoint
	}
	return m.Backend
}

func hostName(h record.Host) string {
	s := fmt.Sprintf("%s/%s with %d CPUs", clean(h.OS), clean(h.Arch), h.CPUs)
	if h.CPU != "" {
		s += " (" + clean(h.CPU) + ")"
	}
	if h.Machine != "" {
		s += ", machine " + clean(h.Machine)
	}
	return s
}

// variable are the keys of a scenario that may differ: which chances are taken, how often, and by whom. Contestants are compared by name.
var variable = []string{"seed", "repeats", "contestants", "oracle", "name", "description", "thresholds"}

func scenarioOf(m *record.Manifest) map[string]any {
	var s map[string]any
	if err := yaml.Unmarshal([]byte(m.Resolved), &s); err != nil {
		return nil
	}
	return s
}

// fitContestants doubts whether both sides have the same contestants, with the same parameters. Other parameters make another scenario, of
// which no number is compared; without one that only one side has, the others can be.
func (c *Comparison) fitContestants(base, head Side, o *CompareOptions) (ok bool) {
	ok = true
	sides := []Side{base, head}
	var who [2]map[string]string
	for i, s := range sides {
		var mixed []string
		who[i], mixed = parametersOf(s)
		for _, name := range mixed {
			c.doubt("different scenarios: %s has other parameters in one run of %s than in another", clean(name), clean(s.Name))
			ok = false
		}
	}
	for i, s := range sides {
		for _, name := range contestantsOfSide(s) {
			mine, other := who[i][name], who[1-i]
			theirs, there := other[name]
			switch {
			case !there && o.AllowMissing:
				c.warn("only %s has the contestant %s, which is left out", [2]string{"the base", "the head"}[i], clean(name))
			case !there:
				c.doubt("only %s has the contestant %s: compare the others with --allow-missing", [2]string{"the base", "the head"}[i], clean(name))
			case i == 0 && mine != theirs && (o.AllowChanged || o.OneJob):
				c.warn("%s has other parameters in the head than in the base", clean(name))
			case i == 0 && mine != theirs:
				c.doubt("different scenarios: %s has other parameters in the head than in the base; if that is what you compare, say --allow-changed", clean(name))
				ok = false
			}
		}
	}
	return ok
}

// parametersOf is what each contestant of a side is, in a form that can be compared; mixed are those that are not the same in all runs.
func parametersOf(s Side) (who map[string]string, mixed []string) {
	who = map[string]string{}
	for _, r := range s.Runs {
		is := map[string]string{}
		list, _ := scenarioOf(&r.Manifest)["contestants"].([]any)
		for _, entry := range list {
			if m, ok := entry.(map[string]any); ok {
				name, _ := m["as"].(string)
				if name == "" {
					name, _ = m["name"].(string)
				}
				is[name] = fmt.Sprint(m["name"], m["with"]) // maps are printed in order
			}
		}
		for _, name := range contestantsOf(r) {
			if name == OracleName {
				continue
			}
			now := is[name] + r.Manifest.Commands[name]
			if old, known := who[name]; known && old != now {
				mixed = append(mixed, name)
			}
			who[name] = now
		}
	}
	return who, mixed
}

// warnAbout says what a reader of the comparison has to know of the runs.
func (c *Comparison) warnAbout(base, head Side, o *CompareOptions) {
	for i, s := range []Side{base, head} {
		side := [2]string{"base", "head"}[i]
		left, unfinished, saturated := 0, 0, map[string]int{}
		for _, r := range s.Runs {
			if r.Manifest.Trials > len(r.Trials) {
				unfinished += r.Manifest.Trials - len(r.Trials)
			}
			for j := range r.Trials {
				t := &r.Trials[j]
				if t.Contestant == OracleName {
					continue
				}
				if t.Status != record.TrialOK {
					left++
				} else if t.Saturated != "" {
					saturated[t.Contestant]++
				}
			}
		}
		if left > 0 {
			c.warn("%d %s of the %s failed or %s invalid and %s not count", left, plural(left, "trial"), side, were(left), do(left))
		}
		if unfinished > 0 {
			c.warn("%d planned %s of the %s %s not run", unfinished, plural(unfinished, "trial"), side, were(unfinished))
		}
		for _, name := range slices.Sorted(maps.Keys(saturated)) {
			n := saturated[name]
			c.Warnings = append(c.Warnings, Warning{Kind: WarnSaturated, Contestant: name, Text: fmt.Sprintf(
				"the machine was the bottleneck in %d %s of the %s, so the numbers say little about the contestant", n, plural(n, "trial"), side)})
		}
	}
	c.warnVersions(base, head, o)
	if base.Runs[0].Manifest.Unlimited && c.Base.Clock == clockVirtual {
		c.warn("nothing limits the speed in this scenario, and in virtual time computing takes none: goodput and times mean nothing, and no gate is about goodput")
	}
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func do(n int) string {
	if n == 1 {
		return "does"
	}
	return "do"
}

func (c *Comparison) warn(format string, args ...any) {
	w := Warning{Kind: WarnCompare, Text: fmt.Sprintf(format, args...)}
	if !slices.Contains(c.Warnings, w) {
		c.Warnings = append(c.Warnings, w)
	}
}

// WarnCompare is the kind of a Warning about two sides.
const WarnCompare = "compare"
