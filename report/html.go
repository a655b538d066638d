package report

import (
	"fmt"
	"html"
	"io"
)

// HTMLFile is the report page.
const HTMLFile = "report.html"

// HTMLOptions say what kind of page it is. The zero value is a file of its own.
type HTMLOptions struct {
	// Live: the page is of a run that is going on, and asks where it came from for a newer one every other second.
	Live bool
}

// HTML prints the report as one page that needs nothing else.
func HTML(w io.Writer, a *Analysis, o HTMLOptions) error {
	_, err := fmt.Fprintf(w, "<!doctype html><title>%s</title>", html.EscapeString(a.Scenario))
	return err
}
