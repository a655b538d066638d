package contestants

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Scale says how the values of a range are spread.
type Scale string

// The scales.
const (
	Linear Scale = "linear" // evenly
	Log    Scale = "log"    // as many from 10 ms to 100 ms as from 100 ms to 1 s
	OneOf  Scale = "choices"
)

// Range is where a search for the value of a parameter looks. The zero value is nowhere: what the parameter sets is a matter of policy
// and not of measurement, such as which statuses are retried.
type Range struct {
	Scale     Scale
	Low, High string   // both included, as a scenario would write them
	Step      string   // values are multiples of it; empty: they are rounded to two digits
	Choices   []string // of scale OneOf
	Also      string   // a value outside that means something else, such as 0 for no bound; empty: there is none
}

// Is reports whether there is anything to search.
func (r Range) Is() bool { return r.Scale != "" }

// String prints the range for people; a zero one is empty.
func (r Range) String() string {
	switch {
	case !r.Is():
		return ""
	case r.Scale == OneOf:
		return strings.Join(r.Choices, " | ")
	}
	text := r.Low + " to " + r.High
	if r.Scale == Log {
		text += ", log"
	}
	if r.Also != "" {
		text += ", or " + r.Also
	}
	return text
}

// logs and evenly make ranges. also may be left out.
func logs(low, high string, also ...string) Range {
	return Range{Scale: Log, Low: low, High: high, Also: strings.Join(also, "")}
}

func evenly(low, high string) Range { return Range{Scale: Linear, Low: low, High: high} }

func oneOf(choices ...string) Range { return Range{Scale: OneOf, Choices: choices} }

// by is the range with a step.
func (r Range) by(step string) Range {
	r.Step = step
	return r
}

// The ranges that several rows have.
var (
	searchAttempts = logs("2", "30")
	searchRetries  = logs("1", "30")
	searchUnbound  = logs("2", "30", "0") // 0: no bound
	searchFirst    = logs("10ms", "5s")   // a first wait
	searchPause    = logs("10ms", "5s", "0s")
	searchCap      = logs("1s", "2m")
	searchInFlight = logs("1", "64")
	searchRate     = logs("1", "1000")
)

// searched is the parameter with a range.
func (p Param) searched(r Range) Param {
	p.Search = r
	return p
}

// Number reads a value as a number, for a search to calculate with: seconds, bytes or a count. It fails where the type has none.
func (p Param) Number(text string) (float64, error) {
	v, err := p.parse(text)
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case time.Duration:
		return v.Seconds(), nil
	}
	return 0, fmt.Errorf("a parameter of type %s has no number", p.Type)
}

// Text prints a number as a value of the parameter, the nearest that its range has: a multiple of the step, or one of two digits, so that
// people can read and set it.
func (p Param) Text(v float64) string {
	low, errLow := p.Number(p.Search.Low)
	high, errHigh := p.Number(p.Search.High)
	if step, err := p.Number(p.Search.Step); err == nil && p.Search.Step != "" && step > 0 {
		v = max(math.Round(roundDigits(v/step, 2)), 1) * step
	} else {
		v = roundDigits(v, 2)
	}
	if errLow == nil && errHigh == nil {
		v = min(max(v, low), high)
	}
	switch p.Type {
	case TypeCount:
		return strconv.Itoa(int(math.Round(v)))
	case TypeDuration:
		return units.Duration(math.Round(v * 1e9)).String()
	case TypeSize:
		return exactSize(v)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// exactSize prints bytes as whole MiB or, below a MiB, KiB.
func exactSize(v float64) string {
	unit := float64(units.MiB)
	if v < unit {
		unit = float64(units.KiB)
	}
	text, _ := units.Size(math.Round(v/unit) * unit).MarshalText() // never fails
	return string(text)
}

// roundDigits rounds to so many significant digits.
func roundDigits(v float64, digits int) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	text := strconv.FormatFloat(v, 'e', digits-1, 64)
	f, _ := strconv.ParseFloat(text, 64) // what FormatFloat printed
	return f
}

// CheckSearch says what is wrong with the parameter's range.
func (p Param) CheckSearch() error {
	r := p.Search
	if r.Scale == OneOf {
		if len(r.Choices) == 0 {
			return fmt.Errorf("parameter %s: no choices are given", p.Name)
		}
		for i, c := range r.Choices {
			if _, err := p.parse(c); err != nil {
				return fmt.Errorf("parameter %s: %w", p.Name, err)
			}
			if slices.Contains(r.Choices[:i], c) {
				return fmt.Errorf("parameter %s: the choice %s stands there twice", p.Name, c)
			}
		}
		return nil
	}
	var bounds [2]float64
	for i, text := range []string{r.Low, r.High} {
		var err error
		if bounds[i], err = p.Number(text); err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
	}
	if bounds[0] >= bounds[1] {
		return fmt.Errorf("parameter %s: the range %s to %s is empty: write the smaller value first", p.Name, r.Low, r.High)
	}
	if r.Scale == Log && bounds[0] <= 0 {
		return fmt.Errorf("parameter %s: a range from %s has no logarithms: begin above zero", p.Name, r.Low)
	}
	for _, text := range []string{r.Step, r.Also} {
		if _, err := p.parse(text); text != "" && err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
	}
	return nil
}

// Searchable returns the parameters that have a range, in the order of the table.
func (c Contestant) Searchable() []Param {
	var list []Param
	for _, p := range c.Params {
		if p.Search.Is() {
			list = append(list, p)
		}
	}
	return list
}
