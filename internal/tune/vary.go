package tune

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

// ErrNothingToTune says that no parameter is left to search.
var ErrNothingToTune = errors.New("nothing to tune")

// wish is one entry of what a user wants to be varied.
type wish struct {
	name string
	ends []string // low and high; one: the value is set and not searched; none: the range that is declared
	of   []string // choices
	used bool
}

// parseWish reads "base", "base=50ms..2s", "jitter=none|full" or "cap=10s".
func parseWish(text string) (*wish, error) {
	name, value, given := strings.Cut(strings.TrimSpace(text), "=")
	w := &wish{name: strings.TrimSpace(name)}
	if w.name == "" || given && strings.TrimSpace(value) == "" {
		return nil, fmt.Errorf("--vary %q: write NAME, NAME=LOW..HIGH, NAME=ONE|ANOTHER, or NAME=VALUE to set it", text)
	}
	low, high, isRange := strings.Cut(value, "..")
	switch {
	case !given:
	case isRange:
		w.ends = []string{strings.TrimSpace(low), strings.TrimSpace(high)}
	case strings.Contains(value, "|"):
		for c := range strings.SplitSeq(value, "|") {
			w.of = append(w.of, strings.TrimSpace(c))
		}
	default:
		w.ends = []string{strings.TrimSpace(value)}
	}
	return w, nil
}

// dim is the dimension that a wish makes of a parameter; ok is false if it is set instead.
func (w *wish) dim(p contestants.Param) (d Dim, ok bool, err error) {
	d = Dim{Param: p, Workload: p.Name == PartSize || p.Name == Concurrency}
	switch {
	case len(w.of) > 0:
		d.Search = contestants.Range{Scale: contestants.OneOf, Choices: w.of}
	case len(w.ends) == 1:
		return d, false, nil
	case len(w.ends) == 2:
		r := contestants.Range{Scale: p.Search.Scale, Low: w.ends[0], High: w.ends[1], Step: p.Search.Step}
		if low, err := p.Number(r.Low); r.Scale == contestants.OneOf || r.Scale == "" || err == nil && low <= 0 {
			r.Scale = contestants.Log
			if err != nil || low <= 0 {
				r.Scale = contestants.Linear
			}
		}
		d.Search = r
	}
	if !d.Search.Is() {
		return d, false, fmt.Errorf("--vary %s: it has no range of its own: write %s=LOW..HIGH or %s=ONE|ANOTHER", w.name, w.name, w.name)
	}
	if err := d.CheckSearch(); err != nil {
		return d, false, fmt.Errorf("--vary %s: %w", w.name, err)
	}
	return d, true, nil
}

// workloadParams are the dimensions that a workload has. Their ranges are the user's, since what a service and a machine bear is.
func workloadParams() []contestants.Param {
	return []contestants.Param{
		{Name: PartSize, Type: contestants.TypeSize, Search: contestants.Range{Step: "1MiB"}},
		{Name: Concurrency, Type: contestants.TypeCount, Min: 1},
	}
}

// NewSpaces says what of a scenario is searched: the parameters of the contestants that are named, or of all its own that have any, and
// those of the workload that vary asks for. Where vary names parameters of a contestant, only those are searched; the others have the
// scenario's values, or their defaults. The baselines are the settings of these contestants as they come and as the scenario has
// them. Errors are for the user; ErrNothingToTune is one.
func NewSpaces(s *scenarios.Scenario, names, vary []string) ([]*Space, []*Candidate, error) {
	var wishes []*wish
	for _, text := range vary {
		w, err := parseWish(text)
		if err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(wishes, func(o *wish) bool { return o.name == w.name }) {
			return nil, nil, fmt.Errorf("--vary %s stands there twice", w.name)
		}
		wishes = append(wishes, w)
	}
	workload, err := workloadDims(s, wishes)
	if err != nil {
		return nil, nil, err
	}
	own := len(names) == 0
	if own {
		for _, c := range s.Contestants {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	var spaces []*Space
	var baselines []*Candidate
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		space, err := newSpace(s, name, wishes, workload)
		if err != nil {
			return nil, nil, err
		}
		if len(space.Dims) > 0 {
			spaces = append(spaces, space)
			baselines = append(baselines, newBaselines(s, space)...)
		} else if !own {
			return nil, nil, fmt.Errorf("contestant %s has %w: `ratebench list contestants %s` shows its parameters", name, ErrNothingToTune, name)
		}
	}
	for _, w := range wishes {
		if !w.used {
			return nil, nil, fmt.Errorf("--vary %s: neither the workload nor %s has such a parameter: `ratebench list contestants NAME` lists them", w.name, strings.Join(names, ", "))
		}
	}
	if len(spaces) == 0 {
		return nil, nil, fmt.Errorf("there is %w: %s have no parameter with a range; name another contestant with --contestant, or search the workload with --vary part_size=5MiB..64MiB,concurrency=1..16",
			ErrNothingToTune, strings.Join(names, ", "))
	}
	return spaces, baselines, nil
}

// workloadDims are those that the user asks for.
func workloadDims(s *scenarios.Scenario, wishes []*wish) ([]Dim, error) {
	var dims []Dim
	for _, p := range workloadParams() {
		for _, w := range wishes {
			if w.name != p.Name {
				continue
			}
			w.used = true
			calls := s.Workload.Kind == scenarios.KindCalls
			switch {
			case calls && p.Name == PartSize:
				return nil, fmt.Errorf("--vary part_size: calls have no parts")
			case calls && s.Workload.ArrivalRate > 0:
				return nil, fmt.Errorf("--vary concurrency: these calls come at a rate, whatever is under way")
			}
			d, ok, err := w.dim(p)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, fmt.Errorf("--vary %s=%s: write a range such as %s, or set it with --set workload.%s=%s", w.name, w.ends[0],
					map[string]string{PartSize: "part_size=5MiB..64MiB", Concurrency: "concurrency=1..16"}[p.Name], w.name, w.ends[0])
			}
			dims = append(dims, d)
		}
	}
	return dims, nil
}

func newSpace(s *scenarios.Scenario, name string, wishes []*wish, workload []Dim) (*Space, error) {
	row, err := contestants.Find(name)
	if err != nil {
		return nil, err
	}
	if row.Kind == contestants.KindOracle {
		return nil, fmt.Errorf("the oracle is a yardstick and no client: there is nothing to set about it")
	}
	if err := trials.CheckContestant(s.Workload, scenarios.Contestant{Name: name}); err != nil {
		return nil, err
	}
	space := &Space{Contestant: name, Fixed: map[string]string{}, Check: func(set Setting) error {
		return trials.CheckContestant(s.Workload, scenarios.Contestant{Name: set.Contestant, With: set.With})
	}}
	for _, c := range s.Contestants {
		if c.Name == name {
			maps.Copy(space.Fixed, c.With)
			break
		}
	}
	asked := false
	for _, w := range wishes {
		for _, p := range row.Params {
			if p.Name != w.name {
				continue
			}
			w.used = true
			d, ok, err := w.dim(p)
			if err != nil {
				return nil, err
			}
			if !ok {
				space.Fixed[p.Name] = w.ends[0]
				continue
			}
			asked = true
			space.Dims = append(space.Dims, d)
		}
	}
	if !asked {
		for _, p := range row.Searchable() {
			if !slices.ContainsFunc(wishes, func(w *wish) bool { return w.name == p.Name }) {
				space.Dims = append(space.Dims, Dim{Param: p})
			}
		}
	}
	for _, d := range space.Dims {
		delete(space.Fixed, d.Name)
	}
	if err := trials.CheckContestant(s.Workload, scenarios.Contestant{Name: name, With: space.Fixed}); err != nil && len(space.Dims) == 0 {
		return nil, err
	}
	space.Dims = append(space.Dims, workload...)
	return space, nil
}

// maxGrid is how many points of the scenario's grid a baseline is measured at, where part size or concurrency are searched.
const maxGrid = 4

// newBaselines are the settings that a recommendation has to beat.
func newBaselines(s *scenarios.Scenario, space *Space) []*Candidate {
	varies := func(name string) bool {
		return slices.ContainsFunc(space.Dims, func(d Dim) bool { return d.Workload && d.Name == name })
	}
	sizes, flights := []int64{0}, []int{0}
	if varies(PartSize) {
		sizes = nil
		for _, n := range s.Workload.PartSize {
			sizes = append(sizes, int64(n))
		}
	}
	if varies(Concurrency) {
		flights = s.Workload.Concurrency
	}
	var list []*Candidate
	add := func(role Role, as string, with map[string]string) {
		n := 0
		for _, size := range sizes {
			for _, flight := range flights {
				c := &Candidate{Role: role, As: as, Setting: Setting{Contestant: space.Contestant, With: maps.Clone(with), PartSize: size, Concurrency: flight}}
				same := slices.IndexFunc(list, func(o *Candidate) bool { return o.key() == c.key() })
				if same >= 0 && list[same].As == "" {
					list[same].As = as // the scenario has the contestant as it comes
				}
				if same >= 0 {
					n++
					continue
				}
				if n++; n > maxGrid {
					space.Left++
					continue
				}
				c.Name = space.Contestant + "@default"
				if role == Current {
					c.Name = as + "@scenario"
				}
				if n > 1 {
					c.Name += fmt.Sprintf("-%d", n)
				}
				if !scenarios.ResultName(c.Name) {
					c.Name = "" // it gets one by its number
				}
				list = append(list, c)
			}
		}
	}
	add(Default, "", nil)
	for _, c := range s.Contestants {
		if c.Name == space.Contestant {
			add(Current, c.As, c.With)
		}
	}
	return list
}

// Ends are two settings at the ends of a space, for checks of what only the scenario language knows.
func Ends(s *Space) []Setting {
	low, high := Setting{Contestant: s.Contestant}, Setting{Contestant: s.Contestant}
	for _, d := range s.Dims {
		if !d.Workload {
			continue
		}
		of := d.Search.Choices
		if len(of) == 0 {
			of = []string{d.Search.Low, d.Search.High}
		}
		low.set(d, of[0])
		high.set(d, of[len(of)-1])
	}
	return []Setting{low, high}
}
