package report

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// mostFields is how many fields of a scenario a message names.
const mostFields = 4

// differs names the fields in which two resolved scenarios differ, such as "faults.busy.status.code"; empty: none.
func differs(a, b *record.Manifest) string {
	if a.Resolved == b.Resolved {
		return ""
	}
	x, y := scenarioOf(a), scenarioOf(b)
	if x == nil || y == nil {
		return "the scenarios"
	}
	for _, k := range variable {
		delete(x, k)
		delete(y, k)
	}
	fields := differingFields("", x, y)
	if more := len(fields) - mostFields; more > 0 {
		fields = append(fields[:mostFields], fmt.Sprintf("%d more", more))
	}
	if last := len(fields) - 1; last > 0 {
		return strings.Join(fields[:last], ", ") + " and " + fields[last]
	}
	return strings.Join(fields, "")
}

// differingFields are the innermost fields that are not the same in both values of the field at. Entries of lists go by their names where they have
// some, and otherwise by their places, from 0. A field that only one has is named itself, and not what is in it.
func differingFields(at string, a, b any) (fields []string) {
	if reflect.DeepEqual(a, b) {
		return nil
	}
	x, y := entriesOf(a), entriesOf(b)
	if x == nil || y == nil {
		return []string{cmp.Or(at, "the scenarios")}
	}
	keys := slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y)))
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		inner := clean(k)
		if at != "" {
			inner = at + "." + inner
		}
		va, inA := x[k]
		vb, inB := y[k]
		if inA != inB {
			fields = append(fields, inner)
		} else {
			fields = append(fields, differingFields(inner, va, vb)...)
		}
	}
	if len(fields) == 0 { // only the order differs
		return []string{at}
	}
	return fields
}

// entriesOf are those of an object or a list; nil: it is neither, or a list that has none or two of one name.
func entriesOf(v any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return v
	case []any:
		m := map[string]any{}
		for i, entry := range v {
			name := fmt.Sprint(i)
			if o, ok := entry.(map[string]any); ok {
				if own, ok := o["name"].(string); ok {
					name = own
				}
			}
			m[name] = entry
		}
		if len(m) == len(v) && len(m) > 0 {
			return m
		}
	}
	return nil
}

// resolvedBy says which versions resolved two scenarios that are not the same, where they differ; empty: they do not.
func resolvedBy(a, b *record.Manifest) string {
	x, y := cmp.Or(clean(a.Versions["ratebench"]), "an unknown version"), cmp.Or(clean(b.Versions["ratebench"]), "an unknown version")
	if x == y {
		return ""
	}
	return fmt.Sprintf("; they were made by ratebench %s and %s, and another version may write down more or less of the same scenario: make the base anew "+
		"with the version of the head", x, y)
}
