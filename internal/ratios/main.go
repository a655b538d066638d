// Ratios measures what the project promises about its own costs, each figure beside its bar, and exits with 1 if one is
// missed.
//
// Both sides of a ratio run in one process and in turn: pairs of ours and the yardstick, whose order changes from pair to
// pair. The ratio is the median over the pairs, so that what else happens on the machine hits both sides alike. A ratio
// of the yardstick with itself, measured the same way, still varies by some percent; that is what the margin is for, and
// it is printed.
//
// A group of figures of which one misses its bar is measured again, twice at most: a neighbour on the machine may have
// taken its share for a second. A figure that misses has missed three times; one that did not at once says so.
//
//	go run ./internal/ratios          # all of them, some minutes
//	go run ./internal/ratios -short   # fewer pairs and less data, for CI
//	go run ./internal/ratios -only virtual
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
)

// margin is how far below its bar a ratio of times may come out before it counts as missed.
const margin = 0.05

// size says how much to measure.
type size struct {
	pairs  int
	bytes  int64 // per side of a pair that moves bytes
	memory int64 // uploaded for the memory figure, bytes
	calls  int   // per side of a pair that counts requests
	// requests for the figure of flat memory, connections for that of idle ones
	requests, connections int
	clients               int   // of the fleet in virtual time
	attempts              int   // of the run that is read
	ghga, ghgaPart        int64 // bytes of a file that goes to GHGA, and of its parts
	ghgaMemory            int64 // bytes of the file for its memory figure
}

// figure is one line of the table.
type figure struct {
	name     string // the same in every measurement, and of this figure only
	ours     string
	base     string // the yardstick's; empty: there is none
	measured float64
	bar      float64
	atMost   bool    // the bar is a maximum
	slack    float64 // how far beyond the bar is let pass
	unit     string
	after    int // which measurement it is of; zero: the first
}

func (f figure) missed() bool {
	if f.atMost {
		return f.measured > f.bar+f.slack
	}
	return f.measured < f.bar-f.slack
}

// limit is the bar as it is printed.
func (f figure) limit() string {
	sign := "≥"
	if f.atMost {
		sign = "≤"
	}
	limit := fmt.Sprintf("%s %.4g%s", sign, f.bar, f.unit)
	if f.slack > 0 {
		limit += fmt.Sprintf(" (margin %.2g)", f.slack)
	}
	return limit
}

func main() {
	short := flag.Bool("short", false, "fewer pairs and less data")
	read := flag.String(readFlag[1:], "", "")
	server := flag.String(ghgaServerFlag[1:], "", "")
	only := flag.String("only", "", "one group of figures: upload, proxy, decide, layers, gates, memory, idle, virtual, reading, ghga or ghgamemory")
	flag.Parse()
	if *read != "" {
		exit(readRun(*read))
	}
	if *server != "" {
		exit(serveGHGA(*server))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	s := size{pairs: 10, bytes: 512 << 20, memory: 10 << 30, calls: 4000, requests: 1_000_000, connections: 10_000, clients: 100_000, attempts: 1_000_000,
		ghga: 2 << 30, ghgaPart: 64 << 20, ghgaMemory: 20 << 30}
	if *short {
		s = size{pairs: 9, bytes: 256 << 20, memory: 2 << 30, calls: 1500, requests: 200_000, connections: 2_000, clients: 10_000, attempts: 200_000,
			ghga: 512 << 20, ghgaPart: 16 << 20, ghgaMemory: 2 << 30}
	}
	err := run(ctx, s, *only)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, s size, only string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\tours\tyardstick\tmeasured\tbar\t")
	var missed []string
	for _, g := range []struct {
		name    string
		measure func(context.Context, size) ([]figure, error)
	}{
		{"upload", upload}, {"proxy", proxy}, {"decide", decide}, {"layers", layers}, {"gates", gates}, {"memory", memory}, {"idle", idle},
		{"virtual", virtualTime}, {"reading", reading}, {"ghga", ghgaUpload}, {"ghgamemory", ghgaMemory},
	} {
		if only != "" && g.name != only {
			continue
		}
		figures, err := measured(ctx, s, g.measure)
		for _, f := range figures {
			verdict := "ok"
			if f.missed() {
				verdict = "MISSED"
				missed = append(missed, fmt.Sprintf("%s: %.4g%s, and its bar is %s", f.name, f.measured, f.unit, f.limit()))
			}
			if f.after > 1 {
				verdict += fmt.Sprintf(" in measurement %d", f.after)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%.4g%s\t%s\t%s\n", f.name, f.ours, f.base, f.measured, f.unit, f.limit(), verdict)
			w.Flush()
		}
		if err != nil { // with figures: what was measured before stands above
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	if len(missed) > 0 {
		return fmt.Errorf("%d figures missed their bar:\n\t%s", len(missed), strings.Join(missed, "\n\t"))
	}
	return nil
}

// attempts is how often a group is measured at most.
const attempts = 3

// measured measures a group until each of its figures has reached its bar once. Of a figure that did not, the last measurement of it is
// kept. An error ends that; what was measured before is returned with it, unless the first measurement failed.
func measured(ctx context.Context, s size, measure func(context.Context, size) ([]figure, error)) ([]figure, error) {
	kept, err := measure(ctx, s)
	if err != nil {
		return nil, err
	}
	for n := 2; n <= attempts && slices.ContainsFunc(kept, figure.missed); n++ {
		again, err := measure(ctx, s)
		if err != nil {
			return kept, fmt.Errorf("measurement %d: %w", n, err)
		}
		for i := range kept {
			at := slices.IndexFunc(again, func(f figure) bool { return f.name == kept[i].name })
			if kept[i].missed() && at >= 0 {
				kept[i] = again[at]
				kept[i].after = n
			}
		}
	}
	return kept, nil
}

// pairs measures both sides in turn and returns the median of each side and of the ratios.
func pairs(n int, ours, base func() (float64, error)) (ourMedian, baseMedian, ratio float64, err error) {
	var a, b, r []float64
	for i := range n {
		var x, y float64
		if i%2 == 0 {
			x, err = ours()
		}
		if err == nil {
			y, err = base()
		}
		if err == nil && i%2 == 1 {
			x, err = ours()
		}
		if err != nil {
			return 0, 0, 0, err
		}
		a, b, r = append(a, x), append(b, y), append(r, x/y)
	}
	return median(a), median(b), median(r), nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return (v[(n-1)/2] + v[n/2]) / 2
}
