package scenarios

import (
	"bytes"
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Resolved prints the scenario with its defaults as YAML that parses to the same scenario.
func (s *Scenario) Resolved() []byte {
	var b bytes.Buffer
	printMapping(&b, reflect.ValueOf(s).Elem(), "")
	return b.Bytes()
}

// printMapping prints the fields of a struct that are set or required, one per line.
//
// Note: the YAML library's encoder would do, but it loses the indentation of keys that need quotes.
func printMapping(b *bytes.Buffer, v reflect.Value, indent string) {
	for _, f := range fields(v.Type()) {
		value := v.FieldByIndex(f.index)
		if value.IsZero() && !f.required {
			continue
		}
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		fmt.Fprintf(b, "%s%s:", indent, f.key)
		switch {
		case flat(value):
			fmt.Fprintf(b, " %s\n", inline(value))
		case value.Kind() == reflect.Map:
			m := value.Interface().(map[string]string)
			b.WriteByte('\n')
			for _, key := range slices.Sorted(maps.Keys(m)) {
				fmt.Fprintf(b, "%s  %s: %s\n", indent, text(key), text(m[key]))
			}
		case value.Kind() == reflect.Slice:
			b.WriteByte('\n')
			for i := range value.Len() {
				at := b.Len()
				printMapping(b, value.Index(i), indent+"    ")
				copy(b.Bytes()[at+len(indent)+2:], "- ")
			}
		default:
			b.WriteByte('\n')
			printMapping(b, value, indent+"  ")
		}
	}
}

// flat reports whether a value stands in one line: everything but mappings and lists of them. An empty mapping does too.
func flat(v reflect.Value) bool {
	if _, ok := v.Interface().(encoding.TextMarshaler); ok {
		return true
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, f := range fields(v.Type()) {
			if f.required || !v.FieldByIndex(f.index).IsZero() {
				return false
			}
		}
		return true
	case reflect.Map:
		return v.Len() == 0
	case reflect.Slice:
		return v.Len() == 0 || flat(v.Index(0))
	}
	return true
}

func inline(v reflect.Value) string {
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		t, err := m.MarshalText()
		if err != nil { // the units have no error
			return strconv.Quote(err.Error())
		}
		return string(t)
	}
	switch v.Kind() {
	case reflect.Map, reflect.Struct:
		return "{}"
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = inline(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.String:
		return text(v.String())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}

// text prints a word as it is and everything else in quotes.
func text(s string) string {
	if plainName(s) && !token.IsNeedQuoted(s) {
		return s
	}
	return strconv.Quote(s)
}
