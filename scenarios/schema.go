package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// The patterns of quantities. They let through a little more than the parsers do, such as 1.2.3MiB.
const (
	number           = `[0-9.]+ *`
	sizePattern      = `^` + number + `(TiB|GiB|MiB|KiB|TB|GB|MB|kB|KB|B)$`
	durationPattern  = `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`
	ratePattern      = `^` + number + `/ *(s|min|m|h)$`
	bandwidthPattern = `^` + number + `(TiB|GiB|MiB|KiB|TB|GB|MB|kB|KB|B)/s$`
	percentPattern   = `^` + number + `%$`
	thresholdPattern = `^ *([A-Za-z0-9][A-Za-z0-9_.+=@/-]* *: *)?[a-z0-9_]+ *(<=|>=|<|>) *[0-9.][0-9A-Za-z.µ%/ ]*( in +[A-Za-z0-9][A-Za-z0-9_.-]*)? *$`
)

// Schema returns the JSON Schema (draft 7, which editors know best) of the scenario language. It is made from the same
// structs and tags that files are read with; what needs more than one value to judge is checked by Parse only.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{FieldNameTag: "yaml", DoNotReference: true, ExpandedStruct: true, Anonymous: true}
	r.Mapper = func(t reflect.Type) *jsonschema.Schema { return mapped(r, t) }
	schema := r.ReflectFromType(reflect.TypeFor[Scenario]())
	schema.Version = "http://json-schema.org/draft-07/schema#"
	schema.Title = "ratebench scenario"
	relax(schema)
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("printing the JSON Schema: %w", err)
	}
	return append(out, '\n'), nil
}

// mapped returns the schema of a type that YAML writes in another form than Go does, or nil.
func mapped(r *jsonschema.Reflector, t reflect.Type) *jsonschema.Schema {
	quantity := func(pattern, example string) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "string", Pattern: pattern, Examples: []any{example}}
	}
	switch t {
	case reflect.TypeFor[units.Size]():
		return quantity(sizePattern, "8MiB")
	case reflect.TypeFor[units.Duration]():
		return quantity(durationPattern, "250ms")
	case reflect.TypeFor[units.Rate]():
		return quantity(ratePattern, "20/s")
	case reflect.TypeFor[units.Bandwidth]():
		return quantity(bandwidthPattern, "100MiB/s")
	case reflect.TypeFor[units.Share]():
		return anyOf(quantity(percentPattern, "5%"), &jsonschema.Schema{Type: "number", Minimum: "0", Maximum: "1"})
	case contestantType:
		type plain Contestant // the same without this case
		return anyOf(&jsonschema.Schema{Type: "string"}, r.ReflectFromType(reflect.TypeFor[plain]()))
	case thresholdType:
		type plain Threshold
		return anyOf(quantity(thresholdPattern, "recovery_s <= 8"), r.ReflectFromType(reflect.TypeFor[plain]()))
	}
	return nil
}

func anyOf(s ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: s} }

// relax lets the schema accept what the reader does: a single value for a list of them, any single value or list of
// them as a parameter; and it lists the metrics and operations that exist.
func relax(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.Version = strings.Replace(s.Version, "https://json-schema.org/draft/2020-12/schema", "", 1)
	relax(s.Items)
	for _, sub := range s.AnyOf {
		relax(sub)
	}
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		key, v := p.Key, p.Value
		relax(v)
		if key == "with" {
			single := []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}
			list := &jsonschema.Schema{Type: "array", Items: anyOf(single...)}
			v.AdditionalProperties = anyOf(append(single, list)...)
		}
		if key == "metric" {
			for _, m := range Metrics() {
				v.Enum = append(v.Enum, m)
			}
		}
		if key == "op" {
			for _, op := range ops.All() {
				v.Items.Enum = append(v.Items.Enum, op.Name)
			}
		}
		if key == "mix" { // it stands in for the size: only Parse sees both
			s.Required = slices.DeleteFunc(s.Required, func(k string) bool { return k == "object_size" })
		}
		if key == "contestants" {
			all := &jsonschema.Schema{Type: "string", Enum: []any{AllContestants}}
			*v = jsonschema.Schema{Description: v.Description, AnyOf: []*jsonschema.Schema{all, {Type: "array", Items: v.Items}}}
			continue
		}
		// A list of mappings is a list.
		if v.Type == "array" && v.Items.Properties == nil && key != "thresholds" {
			v.Items.Minimum, v.Items.Maximum = pick(v.Items.Minimum, v.Minimum), pick(v.Items.Maximum, v.Maximum)
			*v = jsonschema.Schema{Description: v.Description, AnyOf: []*jsonschema.Schema{v.Items, {Type: "array", Items: v.Items}}}
		}
	}
}

func pick(a, b json.Number) json.Number {
	if a != "" {
		return a
	}
	return b
}
