package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/ratebench/ratebench/internal/record"
)

// mixed is a comparison with everything in it: every verdict, a rule that is broken, a hostile name, a time that is not reached any more, a
// contestant that the head lacks.
func mixed(t *testing.T) (*Comparison, Side, Side) {
	t.Helper()
	rule, err := ParseRule("goodput<-5%")
	if err != nil {
		t.Fatal(err)
	}
	k := made("mixed", func(r *Run) {
		r.Manifest.Contestants = append(r.Manifest.Contestants, "gone")
	}, func(r *Run) {
		for i := range r.Trials {
			x := &r.Trials[i]
			switch {
			case x.Contestant == "a" && x.PartSize == 8<<20:
				x.GoodputMiBs *= 0.8
				x.P95S *= 0.7
				x.Early = 3
				x.RecoveryCensored = true
			case x.Contestant == "b" && x.PartSize == 16<<20 && x.Repeat > 3:
				x.Status = record.TrialFailed
			}
		}
	}, CompareOptions{Rules: []Rule{rule}}, "")
	const hostile = "b|<b>::error::100%\n\x1b[31m&`\u202e" // on both sides
	for _, s := range []Side{k.Base, k.Head} {
		r := s.Runs[0]
		r.Manifest.Versions = map[string]string{"ratebench": "v1.2.3", "go": "go1.26"}
		r.Manifest.Contestants[1] = hostile
		for i := range r.Trials {
			if r.Trials[i].Contestant == "b" {
				r.Trials[i].Contestant = hostile
			}
			r.Trials[i].Seed++
		}
	}
	k.Head.Runs[0].Trials[0].Saturated = "cpu"
	c, err := Compare(k.Base, k.Head, k.Options)
	if err != nil {
		t.Fatal(err)
	}
	return c, k.Base, k.Head
}

func TestCompareGolden(t *testing.T) {
	c, base, head := mixed(t)
	if c.Outcome != CompareFailed {
		t.Errorf("outcome %s", c.Outcome)
	}
	views := map[string]func(io.Writer) error{
		"text.txt":     func(w io.Writer) error { return CompareTable(w, c, TableOptions{}) },
		"text.ansi":    func(w io.Writer) error { return CompareTable(w, c, TableOptions{Color: true}) },
		"markdown.md":  func(w io.Writer) error { return CompareMarkdown(w, c) },
		"json.json":    func(w io.Writer) error { return CompareJSON(w, c) },
		"junit.xml":    func(w io.Writer) error { return CompareJUnit(w, c) },
		"github.txt":   func(w io.Writer) error { return CompareGitHub(w, c) },
		"benchfmt.txt": func(w io.Writer) error { return CompareBench(w, base, head) },
	}
	for name, view := range views {
		var got bytes.Buffer
		if err := view(&got); err != nil {
			t.Fatal(err)
		}
		golden(t, "compare-"+name, got.Bytes())
	}
}

func TestCompareTableWidth(t *testing.T) {
	c, _, _ := mixed(t)
	for i := range c.Changes {
		k := &c.Changes[i]
		if i == 0 {
			k.Cell += strings.Repeat(", and more of it", 5)
		}
		if i%7 == 0 { // wide numbers
			k.Base = Stat{Median: 1.23e7, Low: 1e5, High: 9.9e7, Min: 1e5, Max: 9.9e7, N: 10}
			k.Head = k.Base
			k.Share = nil
			k.Amount = &Effect{-1.23e7, -9.87e7, 1.23e6}
		}
	}
	var plain, colored bytes.Buffer
	if err := CompareTable(&plain, c, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := CompareTable(&colored, c, TableOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if ansi.ReplaceAllString(colored.String(), "") != plain.String() {
		t.Error("colour changes more than the colour")
	}
	for l := range strings.Lines(plain.String()) {
		l = strings.TrimSuffix(l, "\n")
		if runewidth.StringWidth(l) > tableWidth || clean(l) != l {
			t.Errorf("%d columns: %q", runewidth.StringWidth(l), l)
		}
	}
}

func TestCompareJSONReadsBack(t *testing.T) {
	c, _, _ := mixed(t)
	var b bytes.Buffer
	if err := CompareJSON(&b, c); err != nil {
		t.Fatal(err)
	}
	var back Comparison
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	for i, k := range c.Changes {
		if k.Amount == nil { // no verdict
			continue
		}
		if got := back.Changes[i]; *got.Amount != *k.Amount || got.Verdict != k.Verdict {
			t.Errorf("%s: read back %+v %s, want %+v %s", k.Subject(), got.Amount, got.Verdict, k.Amount, k.Verdict)
		}
	}
	nothing, err := Compare(Side{}, Side{}, CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := CompareJSON(&b, nothing); err != nil || !strings.Contains(b.String(), `"changes": []`) {
		t.Errorf("a comparison of nothing: %v\n%s", err, b.String())
	}
}

// Other programs read it: the counts have to be those of the cases.
func TestCompareJUnitCounts(t *testing.T) {
	c, _, _ := mixed(t)
	var b bytes.Buffer
	if err := CompareJUnit(&b, c); err != nil {
		t.Fatal(err)
	}
	var s junitSuite
	if err := xml.Unmarshal(b.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	failures, errors, skipped := 0, 0, 0
	for _, k := range s.Cases {
		switch {
		case k.Failure != nil:
			failures++
		case k.Error != nil:
			errors++
		case k.Skipped != nil:
			skipped++
		}
	}
	if s.Tests != len(s.Cases) || s.Failures != failures || s.Errors != errors || s.Skipped != skipped || len(s.Cases) != len(c.Changes)+len(c.Doubts) {
		t.Errorf("%d tests, %d failures, %d errors, %d skipped; there are %d, %d, %d, %d", s.Tests, s.Failures, s.Errors, s.Skipped, len(s.Cases), failures, errors, skipped)
	}
	if failures == 0 || errors == 0 || skipped == 0 {
		t.Errorf("%d failures, %d errors, %d skipped: the example should have each", failures, errors, skipped)
	}
}

// A name from outside may not begin a command.
func TestCompareGitHubLines(t *testing.T) {
	c, _, _ := mixed(t)
	var b bytes.Buffer
	if err := CompareGitHub(&b, c); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(b.String()) {
		if !strings.HasPrefix(l, "::error title=ratebench ") && !strings.HasPrefix(l, "::warning title=ratebench ") && !strings.HasPrefix(l, "::notice title=ratebench ") {
			t.Errorf("line %q", l)
		}
	}
}
