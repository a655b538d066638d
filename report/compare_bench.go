package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/ratebench/ratebench/internal/record"
)

// CompareBench prints the trials of both sides in the Go benchmark format, with side: base above those of the base and side: head above
// those of the head. So benchstat compares them by itself: benchstat -col side FILE.
//
// Note: benchstat's own table would be nicer, but the code that makes it cannot be imported, and a second program that looks like
// it and computes something else would mislead.
func CompareBench(w io.Writer, base, head Side) error {
	b := bufio.NewWriter(w)
	for i, s := range []Side{base, head} {
		s, _ = s.once()
		for j, r := range s.Runs {
			benchConfig(b, r)
			fmt.Fprintf(b, "side: %s\n", [2]string{"base", "head"}[i])
			if i == 0 && j == 0 {
				fmt.Fprint(b, benchUnits)
			}
			fmt.Fprintln(b)
			workload := workloadOf(&r.Manifest)
			for k := range r.Trials {
				if t := &r.Trials[k]; t.Status == record.TrialOK {
					benchLine(b, t, workload)
				}
			}
			fmt.Fprintln(b)
		}
	}
	return b.Flush()
}
