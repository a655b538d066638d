package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// CompareGitHub prints a comparison as workflow commands, which GitHub shows as annotations of the job: errors for what fails and for
// doubts, warnings for what is worse and for what a reader has to know, a notice for the outcome.
func CompareGitHub(w io.Writer, c *Comparison) error {
	b := bufio.NewWriter(w)
	say := func(kind, title string) func(string) {
		return func(text string) {
			fmt.Fprintf(b, "::%s title=%s::%s\n", kind, workflowProperty.Replace(title), workflowData.Replace(clean(text)))
		}
	}
	named := clean(c.Scenario)
	c.listBroken(say("error", "ratebench "+named))
	c.listDoubts(say("error", "ratebench "+named+": no verdict"))
	broken := map[int]bool{}
	for _, g := range c.Gate {
		for _, f := range g.Failed {
			broken[f.Change] = true
		}
	}
	var worse []string
	for i := range c.Changes {
		if k := &c.Changes[i]; k.Verdict == VerdictWorse && !broken[i] {
			worse = append(worse, k.Sentence())
		}
	}
	list(worse, say("warning", "ratebench "+named))
	c.listWarnings(say("warning", "ratebench "+named))
	say("notice", "ratebench "+named)(c.Summary())
	return b.Flush()
}

// What workflow commands take for their own syntax. Nothing from outside may end a command and begin another.
var (
	workflowData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	workflowProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
