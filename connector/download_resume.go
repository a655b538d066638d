package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// ErrKept says, beside what went wrong, that a download can be gone on with.
var ErrKept = errors.New("what was brought is kept: another download into the same folder goes on with it")

// stateSuffix is of the file that says what a half-finished download holds.
const stateSuffix = partSuffix + ".json"

// partial is what has been brought of a download. Whether it goes on is decided by size and SHA-256: a file that has changed begins anew.
type partial struct {
	Size     int64  `json:"size"` // of the object
	SHA256   string `json:"sha256"`
	Envelope int    `json:"envelope"` // bytes
	PartSize int64  `json:"part_size"`
	Parts    []int  `json:"parts"` // from 1
	Whole    bool   `json:"whole"` // all is there, and only not decrypted yet
}

// recall finds out what an earlier download left. What is damaged, or of another file, counts as nothing, and so do parts that are said to be there and
// are not, as after a power cut. A hole in one shows when it is decrypted.
func (f *fetched) recall() {
	f.state = partial{Size: f.object.Size, SHA256: f.object.SHA256, Envelope: len(f.envelope), PartSize: f.connector.cfg.PartSize}
	f.ours = exists(f.sealed + stateSuffix)
	if !f.resumes() {
		return
	}
	old, err := readPartial(f.sealed + stateSuffix)
	if err != nil || old.Size != f.state.Size || old.SHA256 != f.state.SHA256 || old.Envelope != f.state.Envelope {
		return
	}
	if info, err := os.Stat(f.sealed); err != nil || info.Size() != f.size() {
		old.Whole = false // it was not put into place any more
	}
	if !old.Whole {
		info, err := os.Lstat(f.sealed + partSuffix)
		if err != nil {
			return
		}
		old.PartSize = min(old.PartSize, max(old.Size, 1)) // the same, and no product below overflows
		old.Parts = slices.DeleteFunc(old.Parts, func(n int) bool {
			return n < 1 || int64(n) > ceil(old.Size, old.PartSize) || int64(old.Envelope)+min(int64(n)*old.PartSize, old.Size) > info.Size()
		})
	}
	f.state = old
}

// longestState bounds what is read, in bytes: a million parts.
const longestState = 8 << 20

func readPartial(path string) (partial, error) {
	file, err := os.Open(path)
	if err != nil {
		return partial{}, err
	}
	defer file.Close()
	var p partial
	if err := json.NewDecoder(io.LimitReader(file, longestState)).Decode(&p); err != nil {
		return partial{}, err
	}
	if p.PartSize < 1 {
		return partial{}, errors.New("parts of no size")
	}
	return p, nil
}

// resumes says whether this download may be gone on with: only if it can be told from another one.
func (f *fetched) resumes() bool { return f.connector.behaviour.Resume && f.object.SHA256 != "" }

func (f *fetched) whole() bool { return f.state.Whole }

func (f *fetched) done(part int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.state.Parts, part)
}

// note changes the state, and writes it down.
func (f *fetched) note(change func(*partial)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.state)
	if !f.resumes() {
		return nil
	}
	text, err := json.Marshal(f.state)
	if err != nil {
		return err
	}
	saving := f.sealed + stateSuffix + ".new"
	if err := os.WriteFile(saving, text, 0o600); err != nil {
		return errors.Join(err, os.RemoveAll(saving))
	}
	return os.Rename(saving, f.sealed+stateSuffix)
}

// forget ends what an interrupted download would need; the encrypted file too, if it has been decrypted.
func (f *fetched) forget(sealed bool) error {
	err := remove(f.sealed + stateSuffix)
	if sealed {
		err = errors.Join(err, remove(f.sealed))
	}
	return err
}

// fail removes what was brought, or keeps it where another try may need it. inPlace says that the encrypted file is this download's own.
func (f *fetched) fail(ctx context.Context, err error, inPlace bool) error {
	if errors.Is(err, errBusy) {
		return err // what is there is the other one's
	}
	full := errors.Is(err, syscall.ENOSPC)
	if full && !inPlace { // else it has been said
		err = fmt.Errorf("the disk that holds %s is full: %w", filepath.Dir(f.sealed), err)
	}
	_, damaged := errors.AsType[*DecryptError](err)
	wrong := damaged || errors.Is(err, errOther) || errors.Is(err, errChanging) || errors.Is(err, ErrTruncated)
	again := ctx.Err() != nil || full || !wrong && f.connector.behaviour.transient(err)
	if f.resumes() && again && (len(f.state.Parts) > 0 || f.state.Whole) {
		return fmt.Errorf("%w; %w", err, ErrKept)
	}
	return errors.Join(err, remove(f.sealed+partSuffix), f.forget(inPlace))
}

// remove removes a file; one that is not there is no error.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
