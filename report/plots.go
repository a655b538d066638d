package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// PlotsDir is the folder of the plots in a run's folder.
const PlotsDir = "plots"

// Picture names a plot that was drawn, as Name.svg and Name.png.
type Picture struct {
	Name    string // without folder and ending
	Title   string
	Caption string // how to read it
}

// Plots draws all plots of a run into dir/plots, removes those of earlier views that are no longer drawn, and returns what it drew and,
// as sentences, what it left out and why.
func Plots(dir string, a *Analysis) (drawn []Picture, left []string, err error) {
	out := filepath.Join(dir, PlotsDir)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, nil, fmt.Errorf("make the folder of the plots: %w", err)
	}
	pictures, left := pictures(a)
	var errs []error
	for _, p := range pictures {
		errs = append(errs, p.save(out))
		drawn = append(drawn, p.Picture)
	}
	return drawn, left, errors.Join(append(errs, removeOld(out, drawn))...)
}

// pictures decides what is drawn.
func pictures(a *Analysis) (ps []*picture, left []string) {
	cells := a.Cells
	if len(cells) == 0 {
		cells = []Cell{{Workload: a.Workload}}
	}
	// each names the picture of one cell.
	each := func(name string, c *Cell) string {
		if len(cells) > 1 {
			name += "-" + c.slug()
		}
		return name
	}
	for i := range cells {
		ps = append(ps, timelinePicture(a, &cells[i], each("goodput-over-time", &cells[i])))
	}
	if many(a) {
		for i := range cells {
			ps = append(ps, numberedPicture(a, &cells[i], each("goodput-amplification", &cells[i])))
		}
	} else {
		ps = append(ps, paretoPicture(a))
	}
	ps = append(ps, retriesPicture(a))
	if len(a.Cells) > 1 {
		ps = append(ps, heatPicture(a))
	} else {
		left = append(left, fmt.Sprintf("There is no heat map: the grid has only one %s and one number of %s.", a.Workload.sizes(), a.Workload.flights()))
	}
	return ps, left
}
