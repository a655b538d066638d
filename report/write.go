package report

import (
	"errors"
	"io"
	"path/filepath"
)

// The views that Write makes beside the plots.
const (
	BenchFile   = "bench.txt"
	SummaryFile = "summary.md"
)

// Write makes the views of the run in dir from its other files: bench.txt, summary.md and the plots. It may be called again,
// and on a run that was interrupted. Views that cannot be written are a *ViewsError.
func Write(dir string) (*Analysis, error) {
	r, err := Read(dir)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		return nil, err
	}
	a := Analyse(r)
	drawn, left, err := Plots(dir, a)
	return a, viewsError(errors.Join(err, writeLatency(dir, a),
		writeFile(filepath.Join(dir, BenchFile), func(w io.Writer) error { return Bench(w, r) }),
		writeFile(filepath.Join(dir, HTMLFile), func(w io.Writer) error { return HTML(w, a, HTMLOptions{}) }),
		writeFile(filepath.Join(dir, SummaryFile), func(w io.Writer) error { return Summary(w, a, drawn, left) }),
	))
}
