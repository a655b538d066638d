package contestants

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every declared range parses, what it prints at its ends makes the contestant, and it has the default in it, or at its border, or
// as the value besides.
func TestSearchRanges(t *testing.T) {
	n := 0
	for _, c := range Builtin() {
		for _, p := range c.Searchable() {
			n++
			if err := p.CheckSearch(); err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			r := p.Search
			if r.Scale == OneOf {
				if !slices.Contains(r.Choices, p.Default) {
					t.Errorf("%s: %s: the default %s is none of %v", c.Name, p.Name, p.Default, r.Choices)
				}
				continue
			}
			low, _ := p.Number(r.Low)
			high, _ := p.Number(r.High)
			at, err := p.Number(p.Default)
			if err != nil || (at < low || at > high) && p.Default != r.Also {
				t.Errorf("%s: %s: the default %s is not within %v: %v", c.Name, p.Name, p.Default, r, err)
			}
			for _, text := range []string{r.Low, r.High} {
				if v, _ := p.Number(text); p.Text(v) != text {
					t.Errorf("%s: %s: the end %s prints as %s", c.Name, p.Name, text, p.Text(v))
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d parameters have a range; there were more", n)
	}
}

// What a range prints is a value of the parameter, within the range, and prints the same again.
func TestText(t *testing.T) {
	type row struct {
		name string
		p    Param
	}
	var rows []row
	for _, c := range Builtin() {
		for _, p := range c.Searchable() {
			if p.Search.Scale != OneOf {
				rows = append(rows, row{c.Name, p})
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rows[rapid.IntRange(0, len(rows)-1).Draw(t, "row")]
		low, _ := r.p.Number(r.p.Search.Low)
		high, _ := r.p.Number(r.p.Search.High)
		v := low + (high-low)*math.Pow(rapid.Float64Range(0, 1).Draw(t, "u"), 3)
		text := r.p.Text(v)
		again, err := r.p.Number(text)
		if err != nil || again < low-1e-9 || again > high+1e-9 {
			t.Fatalf("%s: %s: %v prints as %s: %v, %v", r.name, r.p.Name, v, text, again, err)
		}
		if r.p.Text(again) != text {
			t.Fatalf("%s: %s: %s prints as %s", r.name, r.p.Name, text, r.p.Text(again))
		}
	})
}

func TestCheckSearch(t *testing.T) {
	for name, p := range map[string]Param{
		"reversed":      {Name: "base", Type: TypeDuration, Search: logs("2s", "1s")},
		"no logarithm":  {Name: "base", Type: TypeDuration, Search: logs("0s", "1s")},
		"no unit":       {Name: "base", Type: TypeDuration, Search: logs("1", "2")},
		"no choice":     {Name: "jitter", Type: TypeChoice, Search: oneOf()},
		"another":       {Name: "jitter", Type: TypeChoice, Choices: []string{"none"}, Search: oneOf("some")},
		"twice":         {Name: "jitter", Type: TypeChoice, Choices: []string{"none"}, Search: oneOf("none", "none")},
		"no number":     {Name: "over", Type: TypeStack, Search: evenly("a", "b")},
		"bad step":      {Name: "base", Type: TypeDuration, Search: logs("1s", "2s").by("1")},
		"bad exception": {Name: "base", Type: TypeDuration, Search: logs("1s", "2s", "never")},
	} {
		if err := p.CheckSearch(); err == nil {
			t.Errorf("%s: %v was taken", name, p.Search)
		}
	}
}
