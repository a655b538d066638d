package scenarios

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// decoder fills Go values from a tree, and finds everything that does not fit instead of stopping at the first.
//
// Note: the YAML library decodes into structs too, but stops at the first problem, names Go types in its messages, and
// forgets the places that the checks after decoding need.
type decoder struct {
	problems []Problem
	// places remembers where each value was written, by its dotted path. A value that is not there was left out.
	places map[string]*node
	// optional lists keys of the scenario itself that may be left out although they have no default.
	optional []string
}

// field is a struct field as the language sees it.
type field struct {
	key      string
	index    []int // as for reflect.Value.FieldByIndex: an embedded struct's fields stand among those around it
	required bool
	limits   limits
}

// fields lists the keys of a struct type, in order.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case key == "" && f.Anonymous && rest == "inline":
			for _, inner := range fields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
		case key != "" && key != "-":
			out = append(out, field{key, []int{i}, !strings.Contains(rest, "omitempty"), limitsOf(f.Tag.Get("jsonschema"))})
		}
	}
	return out
}

func keys(t reflect.Type) []string {
	var out []string
	for _, f := range fields(t) {
		out = append(out, f.key)
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) fail(n *node, path, format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if path != "" {
		msg = path + ": " + msg
	}
	d.problems = append(d.problems, *n.problem(msg))
}

var contestantType = reflect.TypeFor[Contestant]()

// enough is how many problems are looked for: nobody reads more.
const enough = 100

// decode fills v from n.
func (d *decoder) decode(n *node, v reflect.Value, path string, lim limits) {
	if len(d.problems) >= enough {
		return
	}
	d.places[path] = n
	if n.kind == null {
		d.fail(n, path, "has no value: write one, or remove the key")
		return
	}
	if limit := maxText(path); len(n.text) > limit {
		d.fail(n, path, "is %d bytes long: write at most %d", len(n.text), limit)
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, v, text, path)
		return
	}
	switch {
	case v.Type() == contestantType && n.kind == scalar:
		d.decode(n, v.FieldByName("Name"), join(path, "name"), lim)
	case v.Type() == thresholdType && d.oneLine(n, v, path):
	case v.Kind() == reflect.Struct:
		d.structure(n, v, path)
	case v.Kind() == reflect.Map:
		d.parameters(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path, lim)
	case n.kind != scalar:
		d.fail(n, path, "expected %s, found %s", what(v.Kind()), n.kind)
	default:
		d.plain(n, v, path, lim)
	}
}

// maxText is the length of the longest value, which messages show in full.
func maxText(path string) int {
	if path == "description" {
		return 4096
	}
	return 200
}

// text fills a quantity.
func (d *decoder) text(n *node, v reflect.Value, to encoding.TextUnmarshaler, path string) {
	if n.kind != scalar {
		d.fail(n, path, "expected a single value such as %s, found %s", example(v.Type()), n.kind)
		return
	}
	if err := to.UnmarshalText([]byte(n.text)); err != nil {
		d.fail(n, path, "%v", err)
		return
	}
	if t, ok := to.(*units.Duration); ok && t.D() > maxDuration {
		d.fail(n, path, "%s is too long: a duration is at most 720h, which are 30 days", t)
	}
}

// maxDuration keeps sums of durations from overflowing.
const maxDuration = 720 * time.Hour

func example(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[units.Size]():
		return "8MiB"
	case reflect.TypeFor[units.Duration]():
		return "250ms"
	case reflect.TypeFor[units.Rate]():
		return "20/s"
	case reflect.TypeFor[units.Bandwidth]():
		return "100MiB/s"
	}
	return "5%"
}

func (d *decoder) structure(n *node, v reflect.Value, path string) {
	all := fields(v.Type())
	if n.kind != mapping {
		d.fail(n, path, "expected a mapping with the keys %s; found %s", strings.Join(keys(v.Type()), ", "), n.kind)
		return
	}
	meant := map[string]bool{} // keys that are there, but misspelt
	for _, e := range n.entries {
		known := false
		for _, f := range all {
			if f.key == e.key.text {
				known = true
				d.decode(e.value, v.FieldByIndex(f.index), join(path, f.key), f.limits)
			}
		}
		if !known && len(d.problems) < enough {
			where := "a scenario"
			if path != "" {
				where = path
			}
			meant[nearest(e.key.text, keys(v.Type()))] = true
			d.fail(e.key, "", "unknown key %q in %s: %s", clip(e.key.text), where, suggest(e.key.text, keys(v.Type())))
		}
	}
	for _, f := range all {
		if path == "" && slices.Contains(d.optional, f.key) {
			continue
		}
		if f.key == "object_size" && n.child("mix") != nil {
			continue // the mix has the sizes
		}
		if f.required && n.child(f.key) == nil && !meant[f.key] {
			d.fail(n, path, "%s is missing%s", f.key, hints[f.key])
		}
	}
}

// hints say what to write for keys that have no default.
var hints = map[string]string{
	"version":     ": write version: 1",
	"name":        ": write a short name",
	"workload":    ": write at least object_size, part_size and concurrency under it",
	"contestants": ": list at least one; see `ratebench list contestants`",
	"object_size": ": write a size such as 256MiB",
	"part_size":   ": write a size such as 8MiB, or a list",
	"concurrency": ": write a number such as 4, or a list",
	"rate":        ": write a rate such as 20/s",
	"code":        ": write an HTTP status such as 503",
	"add":         ": write a duration such as 50ms",
	"method":      ": write one, such as method: GET",
	"metric":      ": write a numeric column of trials.csv, such as efficiency",
}

// list fills a slice. A single value may stand for a list of one, where the items are single values.
func (d *decoder) list(n *node, v reflect.Value, path string, lim limits) {
	item := v.Type().Elem()
	_, quantity := reflect.New(item).Interface().(encoding.TextUnmarshaler)
	items := n.items
	all := item == contestantType && n.text == AllContestants
	if n.kind == scalar && (quantity || all || item.Kind() != reflect.Struct) {
		items = []*node{n}
	} else if n.kind != sequence {
		d.fail(n, path, "expected a list, found %s: begin each entry with \"- \"", n.kind)
		return
	}
	if len(items) > maxItems {
		d.fail(n, path, "has %d entries: write at most %d", len(items), maxItems)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, it := range items {
		d.decode(it, v.Index(i), join(path, strconv.Itoa(i)), lim)
	}
	d.places[path] = n
}

// maxItems is the length of the longest list.
const maxItems = 1000

// parameters fills a map of text from single values of any type and lists of them.
func (d *decoder) parameters(n *node, v reflect.Value, path string) {
	if n.kind != mapping {
		d.fail(n, path, "expected a mapping of parameters, found %s: write one per line, as in attempts: 5", n.kind)
		return
	}
	m := make(map[string]string, len(n.entries))
	for _, e := range n.entries {
		p := join(path, e.key.text)
		d.places[p] = e.key
		if !plainName(e.key.text) {
			d.fail(e.key, path, "%q is no name for a parameter: %s", clip(e.key.text), wantedName)
			continue
		}
		items := []*node{e.value}
		if e.value.kind == sequence {
			items = e.value.items
		}
		var texts []string
		for _, it := range items {
			if it.kind != scalar {
				d.fail(it, p, "expected a single value or a list of them, found %s", it.kind)
			} else if c := strings.IndexFunc(it.text, control); c >= 0 || strings.Contains(it.text, "\n") {
				d.fail(it, p, "has a control character in it: write plain text")
			}
			texts = append(texts, it.text)
		}
		m[e.key.text] = strings.Join(texts, ",")
	}
	v.Set(reflect.ValueOf(m))
}
