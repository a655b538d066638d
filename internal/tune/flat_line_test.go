package tune

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/contestants"
)

// Settings that differ in what is not searched are not compared as if they differed in one parameter alone; a default that is written out is no
// difference.
func TestDifferOnly(t *testing.T) {
	row, err := contestants.Find("connector-as-is")
	if err != nil {
		t.Fatal(err)
	}
	var d Dim
	usual := ""
	for _, p := range row.Params {
		switch p.Name {
		case "part_attempts":
			d.Param = p
		case "part_pause":
			usual = p.Default
		}
	}
	s := &Space{Contestant: "connector-as-is", Dims: []Dim{d}}
	of := func(attempts, pause string) *Candidate {
		with := map[string]string{"part_attempts": attempts}
		if pause != "" {
			with["part_pause"] = pause
		}
		return &Candidate{Setting: Setting{Contestant: s.Contestant, With: with}}
	}
	for _, c := range []struct {
		a, b *Candidate
		want bool
	}{
		{of("2", "1s"), of("5", "1s"), true},
		{of("2", ""), of("5", ""), true},
		{of("2", usual), of("5", ""), true},
		{of("2", ""), of("5", "1s"), false},
		{of("5", ""), of("5", "1s"), false},
	} {
		if got := differOnly(s, c.a, c.b, d); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

// A value that does not do as well is no end of the range that does.
func TestRangeBeginsAboveWhatFails(t *testing.T) {
	d := Dim{Param: contestants.Param{Name: "n", Type: contestants.TypeCount, Search: contestants.Range{Scale: contestants.Linear, Low: "2", High: "8"}}}
	f := &Found{Config: Config{Prefer: Preferences()[0]}, Fresh: []int{1, 2, 3, 4}}
	at := func(value string, speed float64) *Candidate {
		c := of(speed, speed, speed, speed)
		c.Setting.With = map[string]string{"n": value}
		return c
	}
	for _, c := range []struct {
		name string
		line func(best *Candidate) []*Candidate
		want string // its beginning
	}{
		{"at the low end", func(best *Candidate) []*Candidate {
			return []*Candidate{at("2", 0.1), at("2", 1), at("3", 1), best, at("8", 1)}
		}, "anything from 3 to 8 does as well, 2 does not"},
		{"at the high end", func(best *Candidate) []*Candidate {
			return []*Candidate{at("3", 1), best, at("8", 1), at("8", 1), at("8", 0.1)}
		}, "anything from 3 to 5 does as well, 8 does not"},
		{"nowhere", func(best *Candidate) []*Candidate { return []*Candidate{at("2", 0.1), at("3", 1), best, at("8", 1)} }, "anything from 3 to 8 does as well, 2 does not"},
	} {
		best := at("5", 1)
		line := c.line(best)
		fl := Flatness{Dim: d, Name: "n", Set: "5", Tried: len(line), By: Evidence{Fewest: 4, Most: 4}}
		f.alone(&fl, line, best)
		if got := fl.String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
