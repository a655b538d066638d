package report

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/record"
)

// muchUnfinished is the share of what was delivered above which the objects that the trials' ends cut off make a trial's goodput too low.
const muchUnfinished = 0.05

// doneOf is what a trial got done, in MiB/s: its goodput, and the parts that had come through of objects that its end cut off.
func doneOf(t *record.Trial) float64 {
	done := t.GoodputMiBs
	if t.WallS > 0 {
		done += float64(t.UnfinishedBytes) / (1 << 20) / t.WallS
	}
	return done
}

// mostOf is what a trial would have got done, in MiB/s, if all parts that its end cut off had come through.
func mostOf(t *record.Trial) float64 {
	most := doneOf(t)
	if t.WallS > 0 && t.CutOff != nil {
		most += float64(*t.CutOff) * float64(t.PartSize) / (1 << 20) / t.WallS // of calls it is the mean of their bodies
	}
	return most
}

// unfinishedWarnings say where objects are so large for the trial's length that its goodput depends on which of them ended in time.
func unfinishedWarnings(a *Analysis) (ws []Warning) {
	for i := range a.Cells {
		c := &a.Cells[i]
		for j := range c.Rows {
			row := &c.Rows[j]
			if row.unfinished <= muchUnfinished*row.bytes {
				continue
			}
			much := "as goodput counts none else"
			if row.bytes > 0 {
				much = percent(row.unfinished/row.bytes) + " of what was delivered"
			}
			ws = append(ws, Warning{Kind: WarnUnfinished, Cell: c.Name(), Contestant: row.Contestant, Text: fmt.Sprintf(
				"%.0f MiB had come through of objects that the trial's end cut off (%s): they are in the goodput over time and of the phases, "+
					"and not in that of the trial, nor in its efficiency; choose smaller objects or a longer duration", row.unfinished/(1<<20), much)})
		}
	}
	return ws
}
