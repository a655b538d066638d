package main

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal that understands cursor movement. One that TERM does not name is none, but on Windows, which has no TERM.
func isTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	name := os.Getenv("TERM")
	return ok && name != "dumb" && (name != "" || runtime.GOOS == "windows") && term.IsTerminal(int(f.Fd()))
}

// useColor reports whether output to w may be coloured: never against --no-color, NO_COLOR (https://no-color.org) or
// a TERM that is dumb or empty, and never off a terminal.
func useColor(w io.Writer, noColor bool) bool {
	return !noColor && os.Getenv("NO_COLOR") == "" && isTerminal(w)
}
