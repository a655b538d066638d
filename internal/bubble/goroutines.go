package bubble

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Goroutine is one goroutine of a bubble, as the runtime's traceback shows it.
type Goroutine struct {
	State   string // such as "select (durable)" or "runnable"
	Name    string // the function it was started with
	At      string // the innermost function that is not part of the Go runtime
	Creator string // the function that started it
	Stack   string
	id      int64
}

// maxStacks bounds a traceback of all goroutines, in bytes.
const maxStacks = 16 << 20

var header = regexp.MustCompile(`^goroutine (\d+) \[(.*), synctest bubble (\d+)\]:$`)

// inBubble lists a bubble's goroutines, without some by their ids and without those of the test driver.
func inBubble(bubble int64, without ...int64) []Goroutine {
	buf := make([]byte, 1<<20)
	n := runtime.Stack(buf, true)
	for n == len(buf) && n < maxStacks {
		buf = make([]byte, 4*len(buf))
		n = runtime.Stack(buf, true)
	}
	return parse(string(buf[:n]), bubble, without)
}

func parse(text string, bubble int64, without []int64) []Goroutine {
	var out []Goroutine
	for block := range strings.SplitSeq(text, "\n\n") {
		first, stack, _ := strings.Cut(strings.TrimSpace(block), "\n")
		m := header.FindStringSubmatch(first)
		if m == nil || m[3] != strconv.FormatInt(bubble, 10) {
			continue
		}
		id, _ := strconv.ParseInt(m[1], 10, 64)
		if slices.Contains(without, id) {
			continue
		}
		g := Goroutine{State: m[2], Stack: stack, id: id}
		for line := range strings.SplitSeq(stack, "\n") {
			if strings.HasPrefix(line, "\t") {
				continue
			}
			if creator, ok := strings.CutPrefix(line, "created by "); ok {
				g.Creator, _, _ = strings.Cut(creator, " in goroutine ")
				continue
			}
			if i := strings.LastIndexByte(line, '('); i > 0 {
				line = line[:i]
			}
			if g.At == "" && !library(line) {
				g.At = line
			}
			g.Name = line
		}
		if g.At == "" {
			g.At = g.Name
		}
		if g.Name == "testing/synctest.Test.func1" || strings.HasPrefix(stack, "internal/synctest.Run(") {
			continue // the driver's own
		}
		out = append(out, g)
	}
	return out
}

// library reports whether a function only waits on behalf of others.
func library(f string) bool {
	for _, p := range []string{"runtime.", "sync.", "sync/", "time.", "internal/", "context."} {
		if strings.HasPrefix(f, p) {
			return true
		}
	}
	return false
}

// busiest keeps those that are not waiting, if there are any: they are what keeps time from moving.
func busiest(all []Goroutine) []Goroutine {
	var busy []Goroutine
	for _, g := range all {
		if !strings.Contains(g.State, "(durable)") {
			busy = append(busy, g)
		}
	}
	if len(busy) == 0 {
		return all
	}
	return busy
}

// Summary names goroutines in one line: how many, what they run and in which state.
func Summary(all []Goroutine) string {
	const most = 5
	type kind struct{ what, state string }
	count := map[kind]int{}
	var kinds []kind
	for _, g := range all {
		k := kind{g.Name, g.State}
		if g.At != g.Name {
			k.what += " at " + g.At
		}
		if count[k] == 0 {
			kinds = append(kinds, k)
		}
		count[k]++
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return cmp.Compare(count[b], count[a]) })
	var parts []string
	for i, k := range kinds {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d other kinds", len(kinds)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%d × %s [%s]", count[k], k.what, k.state))
	}
	if len(parts) == 0 {
		return "no goroutine is left to name"
	}
	return strings.Join(parts, "; ")
}

// where returns the ids of the bubble and the goroutine that call it.
func where() (bubble, goroutine int64) {
	buf := make([]byte, 256)
	first, _, _ := strings.Cut(string(buf[:runtime.Stack(buf, false)]), "\n")
	if m := header.FindStringSubmatch(first); m != nil {
		goroutine, _ = strconv.ParseInt(m[1], 10, 64)
		bubble, _ = strconv.ParseInt(m[3], 10, 64)
	}
	return bubble, goroutine
}

// Inside reports whether the caller runs in a bubble of testing/synctest, whoever made it.
func Inside() bool {
	id, _ := where()
	return id != 0
}
