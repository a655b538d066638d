package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string     `xml:"classname,attr"`
	Name    string     `xml:"name,attr"`
	Failure *junitText `xml:"failure"`
	Error   *junitText `xml:"error"`
	Skipped *junitText `xml:"skipped"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
}

// CompareJUnit prints a comparison as JUnit's XML: a test case for each number, and one for each doubt, which is an error. A number
// fails if it is worse, or breaks a rule of the gate; it is skipped if nothing can be said of it.
func CompareJUnit(w io.Writer, c *Comparison) error {
	s := junitSuite{Name: title2(c)}
	broken := map[int]string{}
	for _, g := range c.Gate {
		for _, f := range g.Failed {
			broken[f.Change] = f.Text
		}
	}
	for i := range c.Changes {
		k := &c.Changes[i]
		test := junitCase{Class: clean(c.Scenario) + "." + clean(k.Contestant) + "." + k.Cell, Name: shortMetric(k.Metric)}
		text, fails := broken[i]
		if !fails {
			text = k.Sentence()
		}
		switch {
		case fails || k.Verdict == VerdictWorse:
			test.Failure = &junitText{text}
			s.Failures++
		case slices.Contains([]Verdict{VerdictInconclusive, VerdictNone}, k.Verdict):
			if k.Why != "" {
				text += ": " + k.Why
			}
			test.Skipped = &junitText{text}
			s.Skipped++
		default:
			test.Out = text
		}
		s.Cases = append(s.Cases, test)
	}
	for i, d := range c.Doubts {
		s.Cases = append(s.Cases, junitCase{Class: clean(c.Scenario), Name: fmt.Sprintf("verdict %d", i+1), Error: &junitText{clean(d)}})
		s.Errors++
	}
	s.Tests = len(s.Cases)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("print JUnit: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(s); err != nil {
		return fmt.Errorf("print JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}
