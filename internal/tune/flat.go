package tune

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/ratebench/ratebench/internal/contestants"
)

// asGood is how much less a setting's value may be for it to do as well as the recommendation.
var asGood = math.Log(1.05)

// Flatness says how much a parameter matters: within which values a setting does as well as the recommendation, within 5 %.
type Flatness struct {
	Dim      Dim    `json:"-"`
	Name     string `json:"name"`
	Searched string `json:"searched"` // the range
	Set      string `json:"set"`      // the recommendation's value
	// From to To does as well while all else is as recommended; Alone lists the choices that do. They were measured at Tried values.
	From  string   `json:"from,omitempty"`
	To    string   `json:"to,omitempty"`
	Alone []string `json:"alone,omitempty"`
	Tried int      `json:"tried"`
	// AnyFrom to AnyTo, or Any, are the values of all Near settings that do as well, whatever else is different in them.
	AnyFrom string   `json:"any_from,omitempty"`
	AnyTo   string   `json:"any_to,omitempty"`
	Any     []string `json:"any,omitempty"`
	Near    int      `json:"near"`
	// Flat says that every value of the range that was tried does as well: the parameter does not matter here.
	Flat bool `json:"flat"`
}

// probe measures values of each parameter around a setting, all over its range, with a few of the search's seeds.
func (f *Found) probe(ctx context.Context, c *Candidate) error {
	space, plan := f.space(c.Contestant), f.plan()
	if space == nil || plan.Probes == 0 {
		return nil
	}
	var all []*Candidate
	for _, d := range space.Dims {
		n := plan.Probes
		if d.Search.Scale == contestants.OneOf {
			n = len(d.Search.Choices)
		}
		for i := range n {
			u := float64(i) / float64(max(n-1, 1))
			if d.Search.Scale == contestants.OneOf {
				u = (float64(i) + 0.5) / float64(n)
			}
			value := d.value(u)
			if value == c.Value(d) {
				continue
			}
			if o := f.variant(space, c.Setting, d, value); o != nil && !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	f.note("how flat it is there: %d settings with %d seeds", len(all), plan.Shown)
	return f.measure(ctx, "flatness", all, f.Seeds[:min(plan.Shown, len(f.Seeds))])
}

// near reports whether a setting does as well as another one.
func (f *Found) near(c, best *Candidate) bool { return f.within(c, best, asGood) }

// within reports whether a setting's value is less than another's by no more than that, by the seeds of the search that both have, and
// whether it loses no uploads if the other does not.
func (f *Found) within(c, best *Candidate, less float64) bool {
	sum, n := 0.0, 0
	for _, s := range f.Seeds {
		rc, okc := c.Results[s]
		rb, okb := best.Results[s]
		if okc && okb {
			sum += f.Prefer.Value(rb) - f.Prefer.Value(rc)
			n++
		}
	}
	return n > 0 && sum/float64(n) <= less && (!c.loses(f.Seeds) || best.loses(f.Seeds))
}

// flatness goes over the parameters of a setting's space.
func (f *Found) flatness(best *Candidate) []Flatness {
	space := f.space(best.Contestant)
	if space == nil {
		return nil
	}
	var mine []*Candidate
	for _, c := range f.Candidates {
		if c.Contestant == best.Contestant && len(c.Results) > 0 {
			mine = append(mine, c)
		}
	}
	var list []Flatness
	for _, d := range space.Dims {
		fl := Flatness{Dim: d, Name: d.Name, Searched: d.Search.String(), Set: best.Value(d)}
		var line, near []*Candidate
		for _, c := range mine {
			if c == best || differOnly(space, c, best, d) {
				line = append(line, c)
			}
			if c == best || f.near(c, best) {
				near = append(near, c)
			}
		}
		byValue := func(a, b *Candidate) int { return cmp.Compare(d.order(a.Value(d)), d.order(b.Value(d))) }
		slices.SortFunc(line, byValue)
		slices.SortFunc(near, byValue)
		fl.Near, fl.Tried = len(near), len(line)
		f.alone(&fl, line, best)
		if d.Search.Scale == contestants.OneOf {
			for _, c := range near {
				fl.Any = append(fl.Any, c.Value(d))
			}
			fl.Any = slices.Compact(fl.Any)
		} else {
			fl.AnyFrom, fl.AnyTo = near[0].Value(d), near[len(near)-1].Value(d)
		}
		list = append(list, fl)
	}
	return list
}

// alone goes from the recommendation's value to either side, for as long as it does as well. line is in order and has best in it.
func (f *Found) alone(fl *Flatness, line []*Candidate, best *Candidate) {
	good := func(c *Candidate) bool { return c == best || f.near(c, best) }
	if fl.Dim.Search.Scale == contestants.OneOf {
		for _, c := range line {
			if good(c) {
				fl.Alone = append(fl.Alone, c.Value(fl.Dim))
			}
		}
		fl.Flat = len(line) > 1 && len(fl.Alone) == len(line)
		return
	}
	low := slices.Index(line, best)
	high := low
	for low > 0 && good(line[low-1]) {
		low--
	}
	for high < len(line)-1 && good(line[high+1]) {
		high++
	}
	fl.From, fl.To = line[low].Value(fl.Dim), line[high].Value(fl.Dim)
	// Of a line with few values nobody knows what is between and beyond.
	fl.Flat = len(line) >= 4 && low == 0 && high == len(line)-1
}

// order sorts values: choices as they stand, numbers by size, and one that means no bound wherever its number is.
func (d Dim) order(text string) float64 {
	if d.Search.Scale == contestants.OneOf {
		return float64(slices.Index(d.Search.Choices, text))
	}
	v, _ := d.Number(text)
	return v
}

// differOnly reports whether two settings of a space are the same but for one parameter.
func differOnly(s *Space, a, b *Candidate, but Dim) bool {
	for _, d := range s.Dims {
		if d.Name != but.Name && a.Value(d) != b.Value(d) {
			return false
		}
	}
	return a.Value(but) != b.Value(but)
}
