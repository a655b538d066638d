package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// writeFile writes a view. The old one stays if that fails.
func writeFile(path string, write func(io.Writer) error) error {
	return record.ReplaceFile(path, func(f *os.File) error { return write(f) })
}

// ViewsError says that views of a run could not be written. Its rows and its numbers are there all the same.
type ViewsError struct {
	Files  int                  // that could not be written
	causes []*record.WriteError // each with the first of its files
}

// Error names each cause once.
func (e *ViewsError) Error() string {
	var texts []string
	for _, c := range e.causes {
		texts = append(texts, fmt.Sprintf("%v: %s and make the views again with ratebench report", c, c.Advice()))
	}
	files := "1 view"
	if e.Files > 1 {
		files = fmt.Sprintf("%d views", e.Files)
	}
	return fmt.Sprintf("%s could not be written: %s", files, strings.Join(texts, "; "))
}

// Unwrap implements the way of package errors with several.
func (e *ViewsError) Unwrap() (errs []error) {
	for _, c := range e.causes {
		errs = append(errs, c)
	}
	return errs
}

// viewsError makes one error of all that came of files that could not be written. Others stay beside it.
func viewsError(err error) error {
	all := &ViewsError{}
	var others []error
	var sort func(error)
	sort = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				sort(e)
			}
			return
		}
		w, ok := errors.AsType[*record.WriteError](err)
		if !ok {
			if p, is := errors.AsType[*fs.PathError](err); is {
				w, ok = record.NewWriteError(p.Path, p), true
			}
		}
		if !ok {
			others = append(others, err)
			return
		}
		all.Files++
		for _, c := range all.causes {
			if c.Same(w.Cause) {
				return
			}
		}
		all.causes = append(all.causes, w)
	}
	if err == nil {
		return nil
	}
	sort(err)
	if all.Files > 0 {
		others = append(others, all)
	}
	return errors.Join(others...)
}
