package scenarios

import (
	"embed"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.yaml faults/*.yaml
var shipped embed.FS

// Shipped lists the names of the scenarios that are built in, such as flaky, in alphabetical order.
func Shipped() []string {
	return names("*.yaml")
}

// Examples lists the names of the built-in scenarios that show one kind of fault each, such as faults/throttle.
func Examples() []string {
	return names("faults/*.yaml")
}

func names(pattern string) []string {
	files, _ := fs.Glob(shipped, pattern) // the only error is a bad pattern
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".yaml")
	}
	return files
}

// Open returns the text of a shipped scenario. Its error is an *Error.
func Open(name string) ([]byte, error) {
	src, err := shipped.ReadFile(name + ".yaml")
	if err != nil {
		e := whole(name, "no shipped scenario of that name: %s", suggest(name, Shipped()))
		e.cause = fs.ErrNotExist
		return nil, e
	}
	return src, nil
}

// shippedName returns the shipped scenario that a path names, or "". A path into some other folder names none: who
// mistypes the folder of a file of their own must not get ours.
func shippedName(p string) string {
	p = path.Clean(filepath.ToSlash(p))
	p = strings.TrimPrefix(p, "scenarios/")
	p = strings.TrimSuffix(p, ".yaml")
	for _, name := range slices.Concat(Shipped(), Examples()) {
		if p == name {
			return name
		}
	}
	return ""
}
