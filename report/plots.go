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

// Plots draws all plots of a run into dir/plots, and returns what it drew and, as sentences, what it left out and why.
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
	return drawn, left, errors.Join(errs...)
}

// pictures decides what is drawn.
func pictures(a *Analysis) (ps []*picture, left []string) {
	for i := range a.Cells {
		name := "goodput-over-time"
		if len(a.Cells) > 1 {
			name += "-" + a.Cells[i].slug()
		}
		ps = append(ps, timelinePicture(a, &a.Cells[i], name))
	}
	if len(a.Cells) == 0 {
		ps = append(ps, timelinePicture(a, &Cell{}, "goodput-over-time"))
	}
	ps = append(ps, paretoPicture(a), retriesPicture(a))
	if len(a.Cells) > 1 {
		ps = append(ps, heatPicture(a))
	} else {
		left = append(left, fmt.Sprintf("There is no heat map: the grid has only one %s and one number of %s.", a.Workload.sizes(), a.Workload.flights()))
	}
	return ps, left
}
