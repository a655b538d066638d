package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/ratebench/ratebench/connector"
)

// transfers shows the file that is on its way as a bar on a terminal, and nothing elsewhere. Its methods are safe for concurrent use.
type transfers struct {
	w     io.Writer
	shown bool
	meter *meter // what is on its way; nil: nobody counts
	limit string // says when trying ends; empty: it does not

	mu        sync.Mutex
	container *mpb.Progress
	bar       *mpb.Bar
	file      string // as events name it
	name      string // as it is shown
	total     int64  // bytes; 0: not known yet
	done      int64
	tries     tries
	start     time.Time
	note      string // what it waits for
	noteEnds  time.Time
	failures  int // attempts without a good one between, while there is no bar
	told      time.Time
}

func newTransfers(stderr io.Writer) *transfers {
	return &transfers{w: stderr, shown: isTerminal(stderr)}
}

// trouble shows that attempts fail, in the bar, or else in a line now and then. One that fails alone is not worth a line.
func (t *transfers) trouble(host, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case what == "":
		t.failures = 0
	case t.bar != nil:
		t.note, t.noteEnds = what, time.Now().Add(troubleShown)
	default:
		every := troubleShown
		if !t.shown {
			every = troubleLogged
		}
		if t.failures++; t.failures > 1 && time.Since(t.told) > every {
			t.told = time.Now()
			fmt.Fprintf(t.w, "ratebench: %s: %s, failure %d in a row, trying again%s\n", host, what, t.failures, t.limit)
		}
	}
}

// troubleShown is how long a failure stands in the bar, and how often there is a line about one.
const troubleShown = 5 * time.Second

// troubleLogged is how often there is a line about failures where there is no terminal, and so no bar.
const troubleLogged = 10 * time.Second

// nameWidth is how much of a file's name stands before its bar, in columns.
const nameWidth = 20

// anyFile stands for all files: while it is shown, the bar tells what any of them waits for.
const anyFile = "*"

// begin shows a bar for a file of which total bytes are to be moved; 0: nobody knows yet.
func (t *transfers) begin(file, name string, total int64) {
	t.end()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.file, t.name, t.total, t.done, t.tries, t.start = file, runewidth.Truncate(name, nameWidth, "…"), total, 0, tries{}, time.Now()
	if file != anyFile {
		t.note = ""
	}
	if !t.shown {
		return
	}
	t.container = mpb.New(mpb.WithOutput(t.w), mpb.WithAutoRefresh(), mpb.WithWidth(76))
	t.bar = t.container.MustAdd(1, mpb.BarFillerFunc(t.fill), mpb.BarFillerTrim(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Any(t.title)),
		mpb.AppendDecorators(decor.Any(t.text)),
	)
}

// event counts what the connector tells.
func (t *transfers) event(e connector.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != anyFile && e.File != t.file {
		return
	}
	if e.Total > 0 {
		t.total = e.Total
	}
	if t.file != anyFile {
		t.done += e.Bytes
	}
	switch e.What {
	case "retry":
		t.tries.retries++
		t.note, t.noteEnds = "trying again", time.Now().Add(max(e.Wait, 2*time.Second))
	case "restart":
		t.tries.restarts++
		t.note, t.noteEnds = "beginning it again", time.Now().Add(max(e.Wait, troubleShown))
		if t.bar == nil {
			fmt.Fprintf(t.w, "ratebench: %s: beginning it again from its first part: %s\n", t.name, plainLines(fmt.Sprint(e.Err)))
		}
	case "staging":
		t.note, t.noteEnds = "being staged, asked again in", time.Now().Add(e.Wait)
	}
}

// moved is how many bytes are there or on their way. The caller holds mu.
func (t *transfers) moved() int64 {
	n := t.done
	if t.meter != nil {
		n += t.meter.under.Load()
	}
	return max(min(n, t.total), 0)
}

// title is what stands before the bar.
func (t *transfers) title(decor.Statistics) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.total <= 0 {
		return t.name + ": "
	}
	return t.name + " "
}

// fill draws the bar itself: it knows bytes on their way, too. It is as wide as barWidth says, or as what title and text leave of the terminal: a line
// that is too long would be broken, and stay.
func (t *transfers) fill(w io.Writer, s decor.Statistics) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	width := min(barWidth, s.AvailableWidth-len("[] "))
	if t.total <= 0 || width < leastBar {
		return nil
	}
	full := int(int64(width) * t.moved() / t.total)
	bar := strings.Repeat("=", full)
	if full < width {
		bar += ">" + strings.Repeat("-", width-full-1)
	}
	_, err := io.WriteString(w, "["+bar+"] ")
	return err
}

// barWidth is in columns, without its ends. With fewer than leastBar there is none.
const (
	barWidth = 16
	leastBar = 4
)

// text is what stands behind the bar.
func (t *transfers) text(decor.Statistics) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	waiting := now.Before(t.noteEnds) && t.note != ""
	switch {
	case t.total <= 0 && waiting && strings.HasSuffix(t.note, " in"):
		return fmt.Sprintf("%s %v", t.note, t.noteEnds.Sub(now).Round(time.Second))
	case t.total <= 0 && waiting:
		return t.note
	case t.total <= 0:
		return "asking"
	}
	moved, since := t.moved(), now.Sub(t.start)
	if moved >= t.total {
		return "finishing"
	}
	s := fmt.Sprintf("%3d %% of %s", 100*moved/t.total, size(t.total))
	if waiting {
		return s + "  " + t.note
	}
	if rate := float64(moved) / since.Seconds(); moved > 0 && since > time.Second {
		left := time.Duration(float64(t.total-moved) / rate * float64(time.Second))
		s += fmt.Sprintf("  %s/s  %v", size(int64(rate)), left.Round(time.Second))
	}
	return s
}

// end removes the bar, if there is one, and returns when nothing more will be drawn. It tells how long it was there, and how often something was
// tried again.
func (t *transfers) end() (took time.Duration, again tries) {
	t.mu.Lock()
	bar, container := t.bar, t.container
	took, again = time.Since(t.start), t.tries
	t.bar, t.container, t.tries = nil, nil, tries{}
	t.mu.Unlock()
	if bar != nil {
		bar.Abort(true)
		container.Wait()
	}
	return took, again
}

// tries are what was tried again of a file: parts and calls, or all of it from its first part.
type tries struct{ retries, restarts int }

func (t tries) and(more tries) tries {
	return tries{t.retries + more.retries, t.restarts + more.restarts}
}

// String is what stands behind a file's time, such as ", begun again 1 time, 3 retries"; empty: nothing was tried again.
func (t tries) String() string {
	s := ""
	if t.restarts > 0 {
		s += ", begun again " + plural(t.restarts, "time")
	}
	switch {
	case t.retries == 1:
		s += ", 1 retry"
	case t.retries > 1:
		s += fmt.Sprintf(", %d retries", t.retries)
	}
	return s
}
