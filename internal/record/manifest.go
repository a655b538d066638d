package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Schema is the version of the files' layout that this package writes.
const Schema = 1

// WriteManifest writes manifest.json anew. A reader sees the old one or the new one, never half of one. Schema is
// filled in if it is 0.
func (f *Folder) WriteManifest(m Manifest) error {
	if m.Schema == 0 {
		m.Schema = Schema
	}
	b, err := json.MarshalIndent(&m, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", f.path(ManifestFile), err)
	}
	return replaceFile(f.path(ManifestFile), append(b, '\n'))
}

// Manifest reads manifest.json.
func (f *Folder) Manifest() (Manifest, error) {
	var m Manifest
	path := f.path(ManifestFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s holds no run: it has no %s; give the folder that --out named: %w", f.dir, ManifestFile, err)
	}
	if err != nil {
		return m, fmt.Errorf("read the manifest: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%s:%d: cannot be read: %w; %s", path, lineOf(b, err), err, damaged)
	}
	if m.Schema != Schema {
		return m, fmt.Errorf("%s has layout %d and this ratebench reads layout %d; use the version that made it (see \"versions\" there)", path, m.Schema, Schema)
	}
	return m, nil
}

// lineOf is the line of a file in which JSON could not be read.
func lineOf(content []byte, err error) int {
	at := int64(len(content))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
	}
	return 1 + bytes.Count(content[:min(max(at-1, 0), int64(len(content)))], []byte{'\n'})
}

// replaceFile writes content to a temporary file beside path and renames it over path.
func replaceFile(path string, content []byte) error {
	tmp, err := createTemp(path)
	if err != nil {
		return writeError(path, err)
	}
	_, err = tmp.Write(content)
	return finishReplace(tmp, path, err)
}

// createTemp makes the file that takes path's place when it is whole.
func createTemp(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
}

// finishReplace closes tmp and renames it to path, or removes it if anything failed.
func finishReplace(tmp *os.File, path string, err error) error {
	if e := replace(tmp, path, err); e != nil {
		return writeError(path, e.Cause)
	}
	return nil
}

// replace does that, and returns the first error: the others only come of it.
func replace(tmp *os.File, path string, err error) *WriteError {
	for _, step := range []func() error{func() error { return tmp.Chmod(0o644) }, tmp.Sync} {
		if err == nil {
			err = step()
		}
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return NewWriteError(path, err)
}

// WriteFile writes a file beside the rows, such as a traceback that says why a trial failed.
func (f *Folder) WriteFile(name string, content []byte) error {
	return replaceFile(f.path(name), content)
}
