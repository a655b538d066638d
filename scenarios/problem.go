package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Error says why a scenario cannot be used. It holds at least one problem, in the order of the file.
type Error struct {
	Problems []Problem
	cause    error // what the operating system said, if it did
}

// Problem is one thing that is wrong in a scenario.
type Problem struct {
	File string
	// Line and Column count from 1, columns in characters. Line 0: the problem is about the whole file, or about an
	// override.
	Line, Column int
	// Set is the override that is at fault, as given on the command line. Empty: the file is.
	Set string
	// Message says what is wrong, with what, and what would be right.
	Message string
	// Excerpt shows the line with a caret under the column. Empty: there is none to show.
	Excerpt string
}

// maxShown is how many problems an Error prints. The first one matters most.
const maxShown = 10

// Error prints the problems, each with its place and excerpt.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(e.Problems)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Unwrap returns what the operating system said, such as fs.ErrNotExist, or nil.
func (e *Error) Unwrap() error { return e.cause }

// String prints the problem as file:line:column: message, and the excerpt below it.
func (p Problem) String() string {
	s := p.File
	switch {
	case p.Set != "":
		s = "--set " + p.Set
	case p.Line > 0:
		s = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	s += ": " + p.Message
	if p.Excerpt != "" {
		s += "\n" + p.Excerpt
	}
	return s
}

// whole returns an error about a whole file.
func whole(file, format string, args ...any) *Error {
	return &Error{Problems: []Problem{{File: file, Message: fmt.Sprintf(format, args...)}}}
}

// sorted puts the problems in the order of the file, overrides last, and adds the excerpts.
func sorted(problems []Problem, src string) *Error {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if (a.Set == "") != (b.Set == "") {
			return len(a.Set) - len(b.Set)
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	lines := strings.Split(src, "\n")
	for i := range problems[:min(len(problems), maxShown)] {
		if p := &problems[i]; p.Set == "" && p.Line > 0 {
			p.Excerpt = excerpt(lines, p.Line, p.Column)
		}
	}
	return &Error{Problems: problems}
}

// maxWidth is how many characters of a line an excerpt shows.
const maxWidth = 100

// excerpt shows a line, the one before it, and a caret under a column.
func excerpt(lines []string, line, column int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for n := max(1, line-1); n <= line; n++ {
		text := []rune(strings.Map(shown, lines[n-1]))
		from := 0
		if column > maxWidth-20 { // far to the right: show what is around the column
			from = column - maxWidth/2
		}
		if n < line && len(text) <= from {
			continue
		}
		part := string(text[min(from, len(text)):min(from+maxWidth, len(text))])
		fmt.Fprintf(&b, "%5d | %s\n", n, strings.TrimRight(part, " "))
		if n == line {
			fmt.Fprintf(&b, "      | %s^", strings.Repeat(" ", max(0, column-1-from)))
		}
	}
	return b.String()
}

// shown replaces what would do something to a terminal, and tabs, which would put the caret in the wrong place.
func shown(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case control(r):
		return '\ufffd'
	}
	return r
}
