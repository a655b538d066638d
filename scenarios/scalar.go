package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// limits are what a field's jsonschema tag says of its value, so that the check and the JSON Schema cannot disagree.
type limits struct {
	enum     []string
	min, max *int64
}

func limitsOf(tag string) limits {
	var l limits
	for part := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "enum":
			l.enum = append(l.enum, value)
		case "minimum", "maximum":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				continue // a test reads every tag
			}
			if key == "minimum" {
				l.min = &n
			} else {
				l.max = &n
			}
		}
	}
	return l
}

// wanted says what the limits allow.
func (l limits) wanted() string {
	switch {
	case l.min != nil && l.max != nil:
		return fmt.Sprintf("a whole number from %d to %d", *l.min, *l.max)
	case l.min != nil:
		return fmt.Sprintf("a whole number of at least %d", *l.min)
	}
	return "a whole number"
}

func what(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "text"
}

// maxNumber is the largest number with a fraction that may be written: sums of such stay exact enough.
const maxNumber = 1e15

// plain fills a text, number or boolean.
func (d *decoder) plain(n *node, v reflect.Value, path string, lim limits) {
	if v.Kind() != reflect.String && n.quoted {
		d.fail(n, path, "expected %s, found text in quotes: remove the quotes", what(v.Kind()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		d.string(n, v, path, lim)
	case reflect.Bool:
		if n.text != "true" && n.text != "false" {
			d.fail(n, path, "%q is not true or false", n.text)
			return
		}
		v.SetBool(n.text == "true")
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.text, 64)
		if err != nil || strings.Trim(n.text, "-0123456789.") != "" {
			d.fail(n, path, "%q is not a number: write it in digits, such as 0.95", n.text)
			return
		}
		if math.Abs(f) > maxNumber {
			d.fail(n, path, "%s is too large: write a number under 1000000000000000", n.text)
			return
		}
		v.SetFloat(f)
	case reflect.Uint64:
		u, err := strconv.ParseUint(n.text, 10, 64)
		if err != nil {
			d.fail(n, path, "%q is not a whole number from 0 to 2^64-1", n.text)
			return
		}
		v.SetUint(u)
	default:
		d.integer(n, v, path, lim)
	}
}

func (d *decoder) string(n *node, v reflect.Value, path string, lim limits) {
	if len(lim.enum) > 0 && !slices.Contains(lim.enum, n.text) {
		d.fail(n, path, "unknown value %q: %s", n.text, suggest(n.text, lim.enum))
		return
	}
	if n.text == "" {
		d.fail(n, path, "is empty: write a value, or remove the key")
		return
	}
	if strings.IndexFunc(n.text, control) >= 0 {
		d.fail(n, path, "has a control character in it: write plain text")
		return
	}
	v.SetString(n.text)
}

func (d *decoder) integer(n *node, v reflect.Value, path string, lim limits) {
	i, err := strconv.Atoi(n.text)
	if err != nil {
		d.fail(n, path, "%q is not a whole number: write %s, in digits", n.text, lim.wanted())
		return
	}
	switch {
	case len(lim.enum) > 0 && !slices.Contains(lim.enum, strconv.Itoa(i)):
		d.fail(n, path, "%d is not possible: write %s", i, strings.Join(lim.enum, " or "))
	case lim.min != nil && int64(i) < *lim.min, lim.max != nil && int64(i) > *lim.max:
		d.fail(n, path, "%d is not possible: write %s", i, lim.wanted())
	default:
		v.SetInt(int64(i))
	}
}
