package contestants

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// The types of a parameter's value.
const (
	TypeCount    = "count"    // a whole number
	TypeDuration = "duration" // 250ms, 10s
	TypeBool     = "bool"     // true or false
	TypeStatuses = "statuses" // 429,503
	TypeStack    = "stack"    // the name of a contestant that is a stack
	TypeNumber   = "number"   // a number of zero or more, such as 0.2
	TypeSize     = "size"     // 256MiB
	TypeChoice   = "choice"   // one of Choices
)

// Param describes one parameter of a contestant.
type Param struct {
	Name    string
	Type    string // one of the Type constants
	Default string // as a scenario would write it
	Help    string // one line
	Min     int    // smallest count
	Choices []string
	Search  Range // where tune looks; zero: nowhere
}

const maxCount = 1_000_000

func (p Param) parse(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch p.Type {
	case TypeCount:
		n, err := strconv.Atoi(text)
		if err != nil || n < p.Min || n > maxCount {
			return nil, fmt.Errorf("%q is not a whole number from %d to %d", text, p.Min, maxCount)
		}
		return n, nil
	case TypeDuration:
		d, err := units.ParseDuration(text)
		return d.D(), err
	case TypeBool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return text == "true", nil
	case TypeStatuses:
		return parseStatuses(text)
	case TypeStack:
		if text == "" {
			return nil, errors.New("is empty: write the name of a stack, such as exponential")
		}
		return text, nil
	case TypeNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 0 && n <= maxCount) {
			return nil, fmt.Errorf("%q is not a number from 0 to %d", text, maxCount)
		}
		return n, nil
	case TypeSize:
		n, err := units.ParseSize(text)
		return int64(n), err
	case TypeChoice:
		if !slices.Contains(p.Choices, text) {
			return nil, fmt.Errorf("%q is none of %s", text, strings.Join(p.Choices, ", "))
		}
		return text, nil
	}
	return nil, fmt.Errorf("has the unknown type %q", p.Type)
}

func parseStatuses(text string) ([]int, error) {
	var list []int
	for f := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil || n < 100 || n > 599 {
			return nil, fmt.Errorf("%q is not an HTTP status: write numbers from 100 to 599 with commas between, such as 429,503", f)
		}
		if slices.Contains(list, n) {
			return nil, fmt.Errorf("the status %d stands there twice", n)
		}
		list = append(list, n)
	}
	return list, nil
}

// values holds the parsed parameters by name. The table guarantees that they are there and of their type.
type values map[string]any

func (v values) count(name string) int              { return v[name].(int) }
func (v values) duration(name string) time.Duration { return v[name].(time.Duration) }
func (v values) flag(name string) bool              { return v[name].(bool) }
func (v values) text(name string) string            { return v[name].(string) }
func (v values) number(name string) float64         { return v[name].(float64) }
func (v values) size(name string) int64             { return v[name].(int64) }
func (v values) statuses(name string) []int         { return v[name].([]int) }
