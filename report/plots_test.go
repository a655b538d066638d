package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
	"pgregory.net/rapid"
)

// svgsOf draws all pictures as SVG, which is much faster than as PNG, and checks that they are sound.
func svgsOf(t *testing.T, a *Analysis) map[string]string {
	t.Helper()
	svgs := map[string]string{}
	ps, _ := pictures(a)
	for _, p := range ps {
		name := p.Name
		canvas := vgsvg.New(pictureWidth, p.height)
		p.paint(draw.New(canvas))
		var b bytes.Buffer
		err := writeSVG(&b, canvas)
		d := xml.NewDecoder(bytes.NewReader(b.Bytes()))
		for err == nil {
			var tok xml.Token
			tok, err = d.Token()
			if e, ok := tok.(xml.StartElement); ok && !slices.Contains([]string{"svg", "g", "path", "text", "defs", "clipPath"}, e.Name.Local) {
				t.Errorf("%s.svg holds a <%s>", name, e.Name.Local)
			}
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s.svg: %v", name, err)
		}
		if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
			t.Errorf("%s.svg holds numbers that are none", name)
		}
		svgs[name] = b.String()
	}
	return svgs
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	storm.write(t, dir)
	a, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	svgs := svgsOf(t, a)
	for name, svg := range svgs {
		if got, err := os.ReadFile(filepath.Join(dir, PlotsDir, name+".svg")); err != nil || string(got) != svg {
			t.Errorf("%s.svg is not what is drawn: %v", name, err)
		}
		f, err := os.Open(filepath.Join(dir, PlotsDir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.DecodeConfig(f)
		f.Close()
		if err != nil || img.Width != 900*pictureDPI/96 {
			t.Errorf("%s.png: %d pixels wide, %v", name, img.Width, err)
		}
	}
	for name, want := range map[string][]string{
		"goodput-over-time":     {"storm, throttle-all", "resets", "goodput, MiB/s", "seconds since the trial began", "ghga-python"},
		"goodput-amplification": {"attempts per call", "goodput, MiB/s", "oracle, yardstick", "immediate"},
		"retries":               {"gave up or cancelled", "4 or more", "share of calls", "no-retry"},
	} {
		for _, s := range want {
			if !strings.Contains(svgs[name], ">"+s) && !strings.Contains(svgs[name], s+"<") {
				t.Errorf("%s.svg does not say %q", name, s)
			}
		}
	}
	summary, err := os.ReadFile(filepath.Join(dir, SummaryFile))
	if err != nil || !strings.Contains(string(summary), "no heat map") {
		t.Errorf("the summary does not say why there is no heat map: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, BenchFile)); err != nil {
		t.Error(err)
	}
}

func TestPlotsOfAGrid(t *testing.T) {
	small := gridRun
	small.partSizes, small.concurrency = []int64{8, 64}, []int{1, 16}
	_, a := analysed(t, small)
	svgs := svgsOf(t, a)
	names := slices.Sorted(maps.Keys(svgs))
	if want := []string{"goodput-amplification", "goodput-grid", "goodput-over-time-64MiB-c1", "goodput-over-time-64MiB-c16",
		"goodput-over-time-8MiB-c1", "goodput-over-time-8MiB-c16", "retries"}; !slices.Equal(names, want) {
		t.Errorf("plots %v, want %v", names, want)
	}
	for _, s := range []string{"part size", "parts in flight", "MiB/s", "64MiB", "oracle, yardstick"} {
		if !strings.Contains(svgs["goodput-grid"], ">"+s+"<") {
			t.Errorf("the heat map does not say %q", s)
		}
	}
}

func TestPlotsOfNothing(t *testing.T) {
	_, failed := analysed(t, allFailed)
	for what, a := range map[string]*Analysis{"empty": Analyse(&Run{}), "failed": failed} {
		for name, svg := range svgsOf(t, a) {
			if name != "retries" && !strings.Contains(svg, "no verified uploads") {
				t.Errorf("%s, %s.svg does not say that there is nothing to see", what, name)
			}
		}
	}
	grid := gridRun
	grid.allFail, grid.repeats, grid.partSizes = true, 1, []int64{8}
	_, a := analysed(t, grid)
	svgsOf(t, a)
}

func TestPlotsOfHostileNames(t *testing.T) {
	_, a := analysed(t, hostile)
	a.Scenario = "../../<svg onload=x>" + strings.Repeat("long ", 100)
	for name := range svgsOf(t, a) {
		if strings.ContainsAny(name, "./<> ") {
			t.Errorf("a file is named %q", name)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	if _, err := Write(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no run") {
		t.Errorf("Write of no run = %v", err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	storm.write(t, dir)
	if err := os.WriteFile(filepath.Join(dir, PlotsDir), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := Write(dir)
	if err == nil || a == nil || !strings.Contains(err.Error(), PlotsDir) {
		t.Errorf("Write over a file named plots = %v, %v; the numbers should come all the same", a != nil, err)
	}
	if _, err := os.Stat(filepath.Join(dir, SummaryFile)); err != nil {
		t.Errorf("one view that cannot be written keeps others away: %v", err)
	}
}

func overlap(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}

func TestLabelsDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		within := box(0, 0, 800*px, 400*px)
		var taken []vg.Rectangle
		var points []vg.Point
		for range rapid.IntRange(1, 30).Draw(t, "points") {
			p := vg.Point{X: vg.Length(rapid.Float64Range(0, 600).Draw(t, "x")), Y: vg.Length(rapid.Float64Range(0, 300).Draw(t, "y"))}
			points = append(points, p)
			taken = append(taken, box(p.X-4, p.Y-4, p.X+4, p.Y+4))
		}
		for _, p := range points {
			where, _, ok := placeLabel(p, vg.Length(rapid.IntRange(20, 150).Draw(t, "width")), 16*px, within, taken, points, rapid.Bool().Draw(t, "far"))
			if !ok {
				continue
			}
			for _, other := range taken {
				if overlap(where, other) {
					t.Fatalf("label at %v covers %v", where, other)
				}
			}
			taken = append(taken, where)
		}
	})
}

func TestWindowNamesDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Cell
		for range rapid.IntRange(0, 12).Draw(t, "windows") {
			from := rapid.Float64Range(0, 60).Draw(t, "from")
			c.Windows = append(c.Windows, Window{Name: rapid.StringN(0, 30, -1).Draw(t, "name"), FromS: from, ToS: from + rapid.Float64Range(-1, 20).Draw(t, "for")})
		}
		w := placeWindows(&c, 0, 60)
		ax := newAxes(box(0, 0, pictureWidth-2*margin-yAxisWidth-12*px, 1), 0, 60, 0, 1)
		var placed []vg.Rectangle
		for i := range w.stretches {
			s := &w.stretches[i]
			if s.line < 0 {
				continue
			}
			if s.line >= w.lines {
				t.Fatalf("line %d of %d", s.line, w.lines)
			}
			from, to := labelSpan(ax, s)
			r := box(min(from, ax.x.at(s.from)), vg.Length(s.line), max(to, ax.x.at(s.to)), vg.Length(s.line)+1)
			for _, other := range placed {
				if overlap(r, other) {
					t.Fatalf("%+v overlaps", *s)
				}
			}
			placed = append(placed, r)
		}
	})
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		s    scale
		n    int
		want []float64
	}{
		{scale{min: 0, max: 83}, 5, []float64{0, 20, 40, 60, 80}},
		{scale{min: 0, max: 1}, 2, []float64{0, 0.5, 1}},
		{scale{min: 0.9, max: 30, log: true}, 5, []float64{1, 2, 5, 10, 20}},
		{scale{min: 0, max: 1}, 0, nil},
	} {
		if got := c.s.ticks(c.n); !slices.EqualFunc(got, c.want, func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }) {
			t.Errorf("ticks of %+v = %v, want %v", c.s, got, c.want)
		}
	}
}
