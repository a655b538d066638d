package report

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// placeLabel finds room for a label around a point: beside it first, nearer to it than to any other of the points, and farther
// away if wanted. far tells that a line should lead to it.
func placeLabel(at vg.Point, w, h vg.Length, within vg.Rectangle, taken []vg.Rectangle, points []vg.Point, mayBeFar bool) (where vg.Rectangle, far, ok bool) {
	distances := []vg.Length{11 * px}
	if mayBeFar {
		for d := vg.Length(24); d < 260; d += 12 {
			distances = append(distances, d*px)
		}
	}
	for n, d := range distances {
		for _, angle := range []float64{0, 180, 90, 270, 45, 315, 135, 225, 20, 340, 160, 200} {
			sin, cos := math.Sincos(angle * math.Pi / 180)
			// The label's middle, so that its edge is at distance d.
			x := at.X + vg.Length(cos)*(d+w/2)
			y := at.Y + vg.Length(sin)*(d+h/2)
			r := box(x-w/2, y-h/2, x+w/2, y+h/2)
			if r.Min.X < within.Min.X+2*px || r.Max.X > within.Max.X || r.Min.Y < within.Min.Y+2*px || r.Max.Y > within.Max.Y {
				continue
			}
			free := n > 0 || !slices.ContainsFunc(points, func(p vg.Point) bool { return p != at && distance(r, p) < 1.3*distance(r, at) })
			for _, t := range taken {
				free = free && !(r.Min.X < t.Max.X && t.Min.X < r.Max.X && r.Min.Y < t.Max.Y && t.Min.Y < r.Max.Y)
			}
			if free {
				return r, n > 0, true
			}
		}
	}
	return vg.Rectangle{}, false, false
}

func distance(r vg.Rectangle, p vg.Point) vg.Length {
	q := nearest(r, p)
	return vg.Length(math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)))
}

// nearest is the point of r that is closest to p.
func nearest(r vg.Rectangle, p vg.Point) vg.Point {
	return vg.Point{X: min(max(p.X, r.Min.X), r.Max.X), Y: min(max(p.Y, r.Min.Y), r.Max.Y)}
}
