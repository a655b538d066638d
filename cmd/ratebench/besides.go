package main

import (
	"errors"

	"github.com/ratebench/ratebench/internal/record"
)

// besides adds errors to one, but for those that say again that nothing can be written to a folder, and why: a full disk shows
// in every file.
func besides(err error, more ...error) error {
	for _, m := range more {
		if w, ok := errors.AsType[*record.WriteError](m); ok && err != nil && w.Same(err) {
			continue
		}
		err = errors.Join(err, m)
	}
	return err
}
