package scenarios

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The shipped scenarios satisfy the schema that they name, and files with wrong shapes or units do not. What needs more
// than one value to judge is beyond a schema.
func TestSchemaAgreesWithParse(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	valid := func(file string, src []byte) error {
		clean, _ := clean(src)
		root, p := parse(clean)
		if p != nil {
			t.Fatalf("%s: %s", file, p.Message)
		}
		return conform(schema, root, "")
	}
	for _, name := range Shipped() {
		src, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(src), "# yaml-language-server: $schema=scenario.schema.json\n") {
			t.Errorf("%s does not name its schema in the first line", name)
		}
		if err := valid(name, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(name, s.Resolved()); err != nil {
			t.Errorf("%s resolved: %v", name, err)
		}
	}
	for _, name := range []string{"unknown_key", "unknown_top_key", "no_unit", "wrong_unit", "ranges", "missing", "version",
		"null", "types", "rule_without_name", "rule_values", "rule_share", "contestant_values", "thresholds", "thresholds_line"} {
		src, err := os.ReadFile(filepath.Join("testdata/bad", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if valid(name, src) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

// conform checks a tree against the few keywords that the schema uses.
func conform(schema map[string]any, n *node, path string) error {
	if choices, ok := schema["anyOf"].([]any); ok {
		var last error
		for _, s := range choices {
			if last = conform(s.(map[string]any), n, path); last == nil {
				return nil
			}
		}
		return last
	}
	number, err := strconv.ParseFloat(n.text, 64)
	isNumber := err == nil && !n.quoted
	is := n.kind == null
	switch schema["type"] {
	case "object":
		is = n.kind == mapping
	case "array":
		is = n.kind == sequence
	case "string":
		is = n.kind == scalar && !isNumber && (n.quoted || n.text != "true" && n.text != "false")
	case "boolean":
		is = n.kind == scalar && (n.text == "true" || n.text == "false")
	case "integer":
		is = n.kind == scalar && isNumber && !strings.Contains(n.text, ".")
	case "number":
		is = n.kind == scalar && isNumber
	}
	if !is {
		return fmt.Errorf("%s: %q is no %v", path, n.text, schema["type"])
	}
	if p, ok := schema["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(n.text) {
		return fmt.Errorf("%s: %q does not match %s", path, n.text, p)
	}
	if e, ok := schema["enum"].([]any); ok && !slices.ContainsFunc(e, func(v any) bool { return fmt.Sprint(v) == n.text }) {
		return fmt.Errorf("%s: %q is none of %v", path, n.text, e)
	}
	if v, ok := schema["minimum"].(float64); ok && number < v {
		return fmt.Errorf("%s: %g is under %g", path, number, v)
	}
	if v, ok := schema["maximum"].(float64); ok && number > v {
		return fmt.Errorf("%s: %g is over %g", path, number, v)
	}
	for i, item := range n.items {
		if err := conform(schema["items"].(map[string]any), item, join(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, e := range n.entries {
		sub, ok := properties[e.key.text].(map[string]any)
		if !ok {
			if sub, ok = schema["additionalProperties"].(map[string]any); !ok {
				return fmt.Errorf("%s: unknown key %s", path, e.key.text)
			}
		}
		if err := conform(sub, e.value, join(path, e.key.text)); err != nil {
			return err
		}
	}
	required, _ := schema["required"].([]any)
	for _, r := range required {
		if n.child(r.(string)) == nil {
			return fmt.Errorf("%s: %s is missing", path, r)
		}
	}
	return nil
}
