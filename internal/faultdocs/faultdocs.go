// Package faultdocs writes docs/faults.md from the table of faults and the fields that a scenario can set, so that the
// page cannot be out of date: a test compares the two. `go test ./internal/faultdocs -update` writes the page anew.
package faultdocs

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

const intro = `# Faults

Everything that the fault server can do to a request, made from the same table that ` + "`ratebench list faults`" + ` prints.
A rule in a scenario (` + "`faults:`" + `) or at the control API has a name, says which requests it is about (` + "`match`" + `), when it acts
(` + "`when`" + `), and sets exactly one kind of fault:

` + "```yaml" + `
faults:
  - name: quota
    match: {op: upload_part}
    when: {phase: storm, probability: 10%}
    throttle: {rate: 20/s, burst: 8, retry_after: {form: seconds}}
` + "```" + `

Rules are asked in the order in which they are written. What only delays adds up; the first rule that does more
decides the attempt. Every kind has an example that runs: ` + "`ratebench run faults/throttle`" + `.

What a fault **does**: it *fails* the attempt (or spoils its answer), *delays* it (it goes on, slower or with other bytes), or
*limits* (one or the other, depending on what came before). What it **goes by**: *identity* (a hash of seed, rule, operation, object, part
and attempt number: the same for every client, at any concurrency and order of arrival), *arrival* (depends on the order in which
requests come), or *time* (of the trial).
`

// Markdown is the page.
func Markdown() string {
	var b strings.Builder
	b.WriteString(intro)
	kinds := faults.Builtin()
	b.WriteString("\n## All kinds\n\n| kind | family | does | goes by | where | in a sentence |\n|---|---|---|---|---|---|\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s | %s | %s |\n", k.Name, k.Name, k.Family, k.Effect, k.Order, cmp.Or(k.Only, "anywhere"), k.Summary)
	}
	family := ""
	for _, k := range kinds {
		if k.Family != family {
			family = k.Family
			fmt.Fprintf(&b, "\n## Family: %s\n", family)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", k.Name, k.Summary)
		table(&b, reflect.TypeOf(k.Config), "")
		fmt.Fprintf(&b, "\nExample: [`scenarios/%s.yaml`](../scenarios/%s.yaml)\n", k.Example, k.Example)
	}
	rule := reflect.TypeFor[faultserver.Rule]()
	for _, f := range []struct{ field, title string }{{"Match", "Which requests: `match`"}, {"When", "When it acts: `when`"}} {
		fmt.Fprintf(&b, "\n## %s\n", f.title)
		sf, _ := rule.FieldByName(f.field)
		table(&b, sf.Type, "")
	}
	b.WriteString("\n## Of the rule itself\n")
	table(&b, ruleOnly(rule), "")
	b.WriteString("\n## Operations\n\n| `op` | request |\n|---|---|\n")
	for _, op := range ops.All() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", op.Name, op.Summary)
	}
	b.WriteString(refusals())
	return b.String()
}

// ruleOnly is a struct with the fields of a rule that are neither faults nor match and when.
func ruleOnly(rule reflect.Type) reflect.Type {
	var own []reflect.StructField
	for f := range rule.Fields() {
		if !f.Anonymous && f.Name != "Match" && f.Name != "When" {
			own = append(own, f)
		}
	}
	return reflect.StructOf(own)
}

// table lists the parameters of a config, those of nested structs by their dotted names.
func table(b *strings.Builder, t reflect.Type, prefix string) {
	var rows strings.Builder
	parameters(&rows, t, prefix)
	if rows.Len() == 0 {
		b.WriteString("\nIt has no parameters.\n")
		return
	}
	b.WriteString("\n| parameter | value | default | meaning |\n|---|---|---|---|\n" + rows.String())
}

func parameters(b *strings.Builder, t reflect.Type, prefix string) {
	for f := range t.Fields() {
		key, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Anonymous && key == "" && rest == "inline" {
			parameters(b, f.Type, prefix)
			continue
		}
		if key == "" || key == "-" {
			continue
		}
		name := prefix + key
		tags := parse(f.Tag.Get("jsonschema"))
		meaning, standard := tags["description"], tags["default"]
		if standard == "" && !strings.Contains(rest, "omitempty") {
			standard = "required"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, value(f.Type, tags), cmp.Or(standard, "–"), meaning)
		if inner, list := structure(f.Type); inner != nil {
			if list {
				name += "[]"
			}
			parameters(b, inner, name+".")
		}
	}
}

// structure finds the struct whose fields a parameter has, if it has any.
func structure(t reflect.Type) (inner reflect.Type, list bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		t, list = t.Elem(), true
	}
	if t.Kind() == reflect.Struct {
		return t, list
	}
	return nil, false
}

// value says what one can write.
func value(t reflect.Type, tags map[string]string) string {
	if e := tags["enum"]; e != "" {
		return e
	}
	switch t {
	case reflect.TypeFor[units.Size]():
		return "size, such as 8MiB"
	case reflect.TypeFor[units.Duration]():
		return "duration, such as 250ms"
	case reflect.TypeFor[units.Rate]():
		return "rate, such as 20/s"
	case reflect.TypeFor[units.Bandwidth]():
		return "bandwidth, such as 10MiB/s"
	case reflect.TypeFor[units.Share]():
		return "share, such as 5%"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return value(t.Elem(), tags)
	case reflect.Slice:
		if inner, _ := structure(t); inner != nil {
			return "list of mappings"
		}
		return "list of: " + value(t.Elem(), tags)
	case reflect.Map:
		return "mapping of names to text"
	case reflect.Struct:
		return "mapping"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Float64:
		return "number"
	}
	return "whole number"
}

// parse reads a jsonschema tag; the values of repeated keys are joined.
func parse(tag string) map[string]string {
	m := map[string]string{}
	for part := range strings.SplitSeq(tag, ",") {
		key, v, _ := strings.Cut(part, "=")
		if m[key] != "" {
			v = m[key] + ", " + v
		}
		m[key] = v
	}
	return m
}
