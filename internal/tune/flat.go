package tune

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/stats"
)

// enough is how many seeds it takes to be sure of what a setting is behind another one: of two or three, what they have in common may be luck.
const enough = 4

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
	// Worse lists the choices that were tried and do not.
	Worse []string `json:"worse,omitempty"`
	// Below and Above are the nearest values that were tried and do not; empty: there are none, or what is beyond was not tried.
	Below string `json:"below,omitempty"`
	Above string `json:"above,omitempty"`
	// AnyFrom to AnyTo, or Any, are the values of all Near settings that do as well, whatever else is different in them. They are of those with
	// four seeds or more.
	AnyFrom string   `json:"any_from,omitempty"`
	AnyTo   string   `json:"any_to,omitempty"`
	Any     []string `json:"any,omitempty"`
	Near    int      `json:"near"`
	// By is what is behind From, To and Alone, and NearBy what is behind Near.
	By     Evidence `json:"by"`
	NearBy Evidence `json:"near_by"`
	// Flat says that every value of the range that was tried does as well: the parameter does not matter here.
	Flat bool `json:"flat"`
}

// probe measures values of each parameter around a setting, all over its range, with a few of the fresh seeds.
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
	return f.measure(ctx, "flatness", all, f.Fresh[:min(plan.Shown, len(f.Fresh))])
}

// near reports whether a setting does as well as another one.
func (f *Found) near(c, best *Candidate) bool { return f.within(c, best, asGood) }

// within reports whether a setting's value is less than another's by no more than that, on average over the seeds to compare them by, and
// whether it loses no uploads if the other does not.
func (f *Found) within(c, best *Candidate, less float64) bool {
	behind := f.behind(c, best)
	return len(behind) > 0 && stats.Mean(behind) <= less && !f.gives(c, best)
}

// gives reports whether a setting gives up uploads, and another one does not.
func (f *Found) gives(c, best *Candidate) bool { return c.loses(f.all()) && !best.loses(f.all()) }

// sure reports whether the 95 % interval of what a setting is behind another one, Student's t over the seeds, is on one side of that. Of
// fewer than four seeds nobody can be sure, nor of a difference that is the same for all of them: what comes in steps, as goodput of whole objects
// does, says nothing of its spread. But no difference at all, in none of the seeds, is what a parameter without effect looks like. What loses
// uploads is surely no good.
func (f *Found) sure(c, best *Candidate, less float64) bool {
	if f.gives(c, best) {
		return true
	}
	behind := f.behind(c, best)
	if len(behind) < enough {
		return false
	}
	mean, deviation := stat.MeanStdDev(behind, nil)
	if deviation == 0 && mean != 0 {
		return false
	}
	n := float64(len(behind))
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975) * deviation / math.Sqrt(n)
	return mean+half <= less || mean-half > less
}

// behind is what a setting's value is less than another's, for each seed to compare them by: the fresh ones if both have two at least, since
// the other was chosen for having been good with those of the search, or else those.
func (f *Found) behind(c, best *Candidate) []float64 {
	diff := func(seeds []int) (list []float64) {
		for _, s := range seeds {
			rc, okc := c.Results[s]
			rb, okb := best.Results[s]
			if okc && okb {
				list = append(list, f.Prefer.Value(rb)-f.Prefer.Value(rc))
			}
		}
		return list
	}
	if fresh := diff(f.Fresh); len(fresh) >= 2 {
		return fresh
	}
	return diff(f.Seeds)
}

// Evidence is how much is behind what is said of several settings: each is compared with the recommendation.
type Evidence struct {
	// Fewest to Most seeds have been compared by.
	Fewest int `json:"fewest_seeds"`
	Most   int `json:"most_seeds"`
	// Unsure settings are too close to the limit of 5 % for their seeds, the interval of what they are behind being on both sides of it, or have
	// too few seeds to say so.
	Unsure int `json:"unsure"`
}

// evidence is that of all settings but the best.
func (f *Found) evidence(all []*Candidate, best *Candidate) (e Evidence) {
	for _, c := range all {
		if c == best {
			continue
		}
		n := len(f.behind(c, best))
		if e.Fewest == 0 || n < e.Fewest {
			e.Fewest = n
		}
		e.Most = max(e.Most, n)
		if !f.sure(c, best, asGood) {
			e.Unsure++
		}
	}
	return e
}

// String prints the evidence: "4 to 12 seeds, 3 too close to 5 % to be sure of", or "2 to 12 seeds, 3 too close to 5 % or with too few seeds to be
// sure of".
func (e Evidence) String() string {
	text := fmt.Sprintf("%d seeds", e.Most)
	if e.Fewest != e.Most {
		text = fmt.Sprintf("%d to %d seeds", e.Fewest, e.Most)
	}
	switch {
	case e.Unsure > 0 && e.Fewest < enough:
		text += fmt.Sprintf(", %d too close to 5 %% or with too few seeds to be sure of", e.Unsure)
	case e.Unsure > 0:
		text += fmt.Sprintf(", %d too close to 5 %% to be sure of", e.Unsure)
	}
	return text
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
			if c == best || len(f.behind(c, best)) >= enough && f.near(c, best) {
				near = append(near, c)
			}
		}
		line = f.known(line, best)
		byValue := func(a, b *Candidate) int { return cmp.Compare(d.order(a.Value(d)), d.order(b.Value(d))) }
		slices.SortFunc(line, byValue)
		slices.SortFunc(near, byValue)
		fl.Near, fl.Tried = len(near), len(line)
		fl.By, fl.NearBy = f.evidence(line, best), f.evidence(near, best)
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

// known leaves out settings with too few seeds to be sure of, where those that have enough are four or more.
func (f *Found) known(line []*Candidate, best *Candidate) []*Candidate {
	few := func(c *Candidate) bool { return c != best && len(f.behind(c, best)) < enough }
	if known := slices.DeleteFunc(slices.Clone(line), few); len(known) >= 4 {
		return known
	}
	return line
}

// alone goes from the recommendation's value to either side, for as long as it does as well. line is in order and has best in it.
func (f *Found) alone(fl *Flatness, line []*Candidate, best *Candidate) {
	good := func(c *Candidate) bool { return c == best || f.near(c, best) }
	if fl.Dim.Search.Scale == contestants.OneOf {
		for _, c := range line {
			if good(c) {
				fl.Alone = append(fl.Alone, c.Value(fl.Dim))
			} else {
				fl.Worse = append(fl.Worse, c.Value(fl.Dim))
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
	// A value that a setting failed with, too, is no end of what does as well.
	at := func(i int) float64 { return fl.Dim.order(line[i].Value(fl.Dim)) }
	mine := slices.Index(line, best)
	failed := func(i, beyond int) bool { return beyond >= 0 && beyond < len(line) && at(i) == at(beyond) }
	for last := low - 1; low < mine && failed(low, last); {
		low++
	}
	for last := high + 1; high > mine && failed(high, last); {
		high--
	}
	fl.From, fl.To = line[low].Value(fl.Dim), line[high].Value(fl.Dim)
	if low > 0 {
		fl.Below = line[low-1].Value(fl.Dim)
	}
	if high < len(line)-1 {
		fl.Above = line[high+1].Value(fl.Dim)
	}
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
