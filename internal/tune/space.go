package tune

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/units"
)

// The dimensions of a workload, which any contestant can be searched in besides its own.
const (
	PartSize    = "part_size"
	Concurrency = "concurrency"
)

// Dim is one parameter in a search: its Search is where to look.
type Dim struct {
	contestants.Param
	Workload bool // PartSize or Concurrency
}

// Space is where the settings of one contestant are searched. Any number of goroutines may read it.
type Space struct {
	Contestant string
	Dims       []Dim
	Fixed      map[string]string // parameters that are not searched; those left out have their defaults
	// Left is how many points of the scenario's grid no baseline stands for, since there are too many.
	Left int
	// Check says what is wrong with a setting: values that do not go together. Nil: nothing ever is.
	Check func(Setting) error
}

// alsoShare is how much of a dimension goes to the value besides its range.
const alsoShare = 0.125

// value is what a coordinate from 0 to 1 stands for.
func (d Dim) value(u float64) string {
	r := d.Search
	if r.Scale == contestants.OneOf {
		return r.Choices[min(int(u*float64(len(r.Choices))), len(r.Choices)-1)]
	}
	if r.Also != "" {
		if u < alsoShare {
			return r.Also
		}
		u = (u - alsoShare) / (1 - alsoShare)
	}
	low, high := d.ends()
	if r.Scale == contestants.Log {
		return d.Text(low * math.Pow(high/low, u))
	}
	return d.Text(low + (high-low)*u)
}

// ends are the range's. It was checked.
func (d Dim) ends() (low, high float64) {
	low, _ = d.Number(d.Search.Low)
	high, _ = d.Number(d.Search.High)
	return low, high
}

// coordinate is where a value lies from 0 to 1; not ok: it is outside.
func (d Dim) coordinate(text string) (u float64, ok bool) {
	r := d.Search
	if r.Scale == contestants.OneOf {
		i := slices.Index(r.Choices, text)
		return (float64(i) + 0.5) / float64(len(r.Choices)), i >= 0
	}
	v, err := d.Number(text)
	if err != nil {
		return 0, false
	}
	if r.Also != "" {
		if also, err := d.Number(r.Also); err == nil && also == v {
			return alsoShare / 2, true
		}
	}
	low, high := d.ends()
	if v < low || v > high {
		return 0, false
	}
	u = (v - low) / (high - low)
	if r.Scale == contestants.Log {
		u = math.Log(v/low) / math.Log(high/low)
	}
	if r.Also != "" {
		u = alsoShare + u*(1-alsoShare)
	}
	return u, true
}

// setting is what a point stands for.
func (s *Space) setting(u []float64) Setting {
	made := Setting{Contestant: s.Contestant, With: maps.Clone(s.Fixed)}
	if made.With == nil {
		made.With = map[string]string{}
	}
	for i, d := range s.Dims {
		made.set(d, d.value(u[i]))
	}
	return made
}

func (s *Setting) set(d Dim, text string) {
	switch {
	case d.Workload && d.Name == PartSize:
		n, _ := units.ParseSize(text) // the dimension printed it
		s.PartSize = int64(n)
	case d.Workload:
		s.Concurrency, _ = strconv.Atoi(text)
	default:
		s.With[d.Name] = text
	}
}

// Value is the setting's value in a dimension, as a scenario would write it.
func (s Setting) Value(d Dim) string {
	switch {
	case d.Workload && d.Name == PartSize:
		return d.Text(float64(s.PartSize))
	case d.Workload:
		return strconv.Itoa(s.Concurrency)
	}
	if text, ok := s.With[d.Name]; ok {
		return text
	}
	return d.Default
}

// locate is where a setting lies; nil: outside of the space.
func (s *Space) locate(set Setting) []float64 {
	u := make([]float64, len(s.Dims))
	for i, d := range s.Dims {
		var ok bool
		if u[i], ok = d.coordinate(set.Value(d)); !ok {
			return nil
		}
	}
	return u
}

// near is a point at random in the neighbourhood of another: each coordinate moves by up to width to either side, and a choice, or the
// step to the value besides, may change with that probability.
func (s *Space) near(at []float64, width float64, r *rand.Rand) []float64 {
	u := slices.Clone(at)
	for i, d := range s.Dims {
		switch {
		case d.Search.Scale == contestants.OneOf:
			if r.Float64() < width {
				u[i] = r.Float64()
			}
		case d.Search.Also != "" && u[i] < alsoShare:
			if r.Float64() < width {
				u[i] = alsoShare + r.Float64()*(1-alsoShare)
			}
		default:
			least := 0.0
			if d.Search.Also != "" {
				least = alsoShare
			}
			u[i] += (2*r.Float64() - 1) * width
			u[i] = min(max(u[i], least), 1)
		}
	}
	return u
}

// Validate says what is wrong with a space before anything is measured.
func (s *Space) Validate() error {
	if len(s.Dims) == 0 {
		return fmt.Errorf("contestant %s has nothing to tune", s.Contestant)
	}
	for _, d := range s.Dims {
		if err := d.CheckSearch(); err != nil {
			return fmt.Errorf("contestant %s: %w", s.Contestant, err)
		}
	}
	return nil
}

func (s *Space) allowed(set Setting) bool { return s.Check == nil || s.Check(set) == nil }
