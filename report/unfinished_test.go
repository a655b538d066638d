package report

import (
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Where objects are large for the trial's length, the reader is told, and the oracle is judged by all that it got done.
func TestUnfinished(t *testing.T) {
	const mib = 1 << 20
	bound := 60.0
	for _, c := range []struct {
		name             string
		goodput          float64 // of 10 s
		unfinished       float64 // MiB
		parts            int     // that were cut off
		told, weakOracle bool
	}{
		{"nothing", 60, 0, 0, false, false},
		{"a little", 58, 20, 0, false, false},
		{"much, and the link is full", 45, 148, 0, true, false},
		{"much, and the rest of the link was full of parts under way", 45, 100, 8, true, false},
		{"much, and the oracle is slow", 45, 50, 4, true, true},
		{"nothing else", 0, 595, 0, true, false},
		{"a slow oracle", 45, 0, 0, false, true},
	} {
		a := Analyse(run(trialOf(1, OracleName, 1, c.goodput, func(t *record.Trial) {
			t.PartSize, t.CutOff = 8*mib, &c.parts
			t.WallS, t.Bytes, t.UnfinishedBytes, t.BoundMiBs = 10, int64(c.goodput*10*mib), int64(c.unfinished*mib), &bound
		})))
		var told, weak string
		for _, w := range a.Warnings {
			switch w.Kind {
			case WarnUnfinished:
				told = w.Text
			case WarnWeakOracle:
				weak = w.Text
			}
		}
		if (told != "") != c.told || (weak != "") != c.weakOracle {
			t.Errorf("%s: told %q, weak oracle %q", c.name, told, weak)
		}
		if c.told && !strings.Contains(told, "choose smaller objects or a longer duration") {
			t.Errorf("%s: %q", c.name, told)
		}
	}
}
