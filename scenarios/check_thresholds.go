package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// measure is a metric as far as the language knows it.
type measure struct {
	name string
	unit string // s, MiB/s, MiB or B; empty: a pure number
	// ratio: a pure number that is no count, so that it may be written as a percentage.
	ratio bool
}

var (
	trialMeasures = measures(reflect.TypeFor[record.Trial](), "trial", "part_size", "concurrency", "repeat", "seed")
	phaseMeasures = measures(reflect.TypeFor[record.PhaseRow](), "trial", "from_s", "to_s")
)

// measures lists the columns of a row that hold numbers. settings are columns that are no results.
func measures(t reflect.Type, settings ...string) []measure {
	var out []measure
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("csv"), ",")
		ft := t.Field(i).Type
		k, pointer := ft.Kind(), ft.Kind() == reflect.Pointer
		if pointer {
			k = ft.Elem().Kind()
		}
		numeric := k == reflect.Int || k == reflect.Int64 || k == reflect.Float64
		verdict := k == reflect.Bool && pointer // 0 or 1, or not known
		if !numeric && !verdict || slices.Contains(settings, name) {
			continue
		}
		m := measure{name: name, unit: unitOf(name)}
		m.ratio = m.unit == "" && k == reflect.Float64
		out = append(out, m)
	}
	return out
}

// unitOf is what a column's name says of its unit.
func unitOf(name string) string {
	switch {
	case strings.HasSuffix(name, "_mib_s"):
		return "MiB/s"
	case strings.HasSuffix(name, "_mib"):
		return "MiB"
	case strings.HasSuffix(name, "_s"):
		return "s"
	case name == "bytes", strings.HasSuffix(name, "_bytes"):
		return "B"
	}
	return ""
}

// short is the name without its unit: goodput for goodput_mib_s.
func (m measure) short() string {
	for _, suffix := range []string{"_mib_s", "_mib", "_s"} {
		if name, ok := strings.CutSuffix(m.name, suffix); ok {
			return name
		}
	}
	return m.name
}

// measureOf finds a metric by its name or its short name.
func measureOf(name string) (measure, bool) {
	for _, m := range trialMeasures {
		if m.name == name || m.short() == name {
			return m, true
		}
	}
	return measure{}, false
}

// Metrics lists the columns of trials.csv that a threshold may name: the numeric ones that are results, not settings.
func Metrics() []string { return columnsOf(trialMeasures) }

// PhaseMetrics lists the columns of phases.csv that a threshold on a phase may name.
func PhaseMetrics() []string { return columnsOf(phaseMeasures) }

func columnsOf(all []measure) []string {
	out := make([]string, len(all))
	for i, m := range all {
		out[i] = m.name
	}
	return out
}

func (c *checker) thresholds() {
	var who, phases []string
	for _, con := range c.Contestants {
		who = append(who, con.As)
	}
	if *c.Oracle {
		who = append(who, OracleName)
	}
	for _, p := range c.Phases {
		phases = append(phases, p.Name)
	}
	for i, t := range c.Thresholds {
		at := fmt.Sprintf("thresholds.%d", i)
		known := slices.Contains(Metrics(), t.Metric)
		if !known {
			c.fail(at+".metric", "%q is no numeric column of trials.csv: %s", clip(t.Metric), suggest(t.Metric, Metrics()))
		}
		if t.Contestant != "" && !slices.Contains(who, t.Contestant) {
			c.fail(at+".contestant", "no contestant is called %q in results: %s", clip(t.Contestant), suggest(t.Contestant, who))
		}
		switch {
		case t.Phase != "" && !slices.Contains(phases, t.Phase):
			c.fail(at+".phase", "the scenario has no phase %q: %s", clip(t.Phase), suggest(t.Phase, phases))
		case t.Phase != "" && known && !slices.Contains(PhaseMetrics(), t.Metric):
			c.fail(at+".metric", "%s is known of a whole trial only: leave the phase out, or use one of %s", t.Metric, strings.Join(PhaseMetrics(), ", "))
		}
		c.limits(t, at)
	}
}

// limits finds thresholds that nothing or everything passes.
func (c *checker) limits(t Threshold, at string) {
	low, lowKey, high, highKey := t.Min, "min", t.Max, "max"
	if t.Above != nil {
		low, lowKey = t.Above, "above"
	}
	if t.Below != nil {
		high, highKey = t.Below, "below"
	}
	switch {
	case low == nil && high == nil:
		c.fail(at, "a threshold needs a limit: min, max, above or below, such as min: 0.8")
	case t.Min != nil && t.Above != nil:
		c.fail(at+".above", "there is min already: write one of them")
	case t.Max != nil && t.Below != nil:
		c.fail(at+".below", "there is max already: write one of them")
	case low != nil && high != nil && *low > *high:
		c.fail(at+"."+lowKey, "%g is over %s, %g: nothing can pass", *low, highKey, *high)
	case low != nil && high != nil && *low == *high && (t.Above != nil || t.Below != nil):
		c.fail(at+"."+lowKey, "%s and %s are both %g: nothing can pass", lowKey, highKey, *low)
	}
}
