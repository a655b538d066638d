package connector

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileJournal is a Journal in a folder: a JSON file for each alias in a box, readable by its owner only. It holds no key that the user's own would not open.
// It is a Holder: of two processes that upload the same alias into the same box with journals in the same folder, one is refused.
type FileJournal struct {
	// Dir is the folder. It is made, with its parents, when something is first saved.
	Dir string
}

// longestJournal bounds what is read, in bytes: 10,000 parts need some 2 MB.
const longestJournal = 4 << 20

// path goes by a digest, as an alias may hold anything. The length keeps what the box ends with apart from what the alias begins with.
func (j FileJournal) path(boxID, alias string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(boxID), boxID, alias))
	return filepath.Join(j.Dir, hex.EncodeToString(sum[:16])+".json")
}

// saving is where what is saved lies until it is complete. It has one name, so that what a process leaves that is killed does not stay for ever.
func (j FileJournal) saving(boxID, alias string) string {
	return strings.TrimSuffix(j.path(boxID, alias), ".json") + ".saving"
}

// Hold implements Holder.
func (j FileJournal) Hold(boxID, alias string) (release func(), err error) {
	if err := os.MkdirAll(j.Dir, 0o700); err != nil {
		return nil, err
	}
	release, err = hold(j.path(boxID, alias))
	if errors.Is(err, errBusy) {
		return nil, ErrUploading
	}
	return release, err
}

// Load implements Journal. What is damaged counts as nothing: then the upload begins anew.
func (j FileJournal) Load(boxID, alias string) (*HalfUpload, error) {
	text, err := os.ReadFile(j.path(boxID, alias))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h, err := parseJournal(text)
	if err != nil || h.Alias != alias || h.BoxID != boxID {
		return nil, nil
	}
	return h, nil
}

func parseJournal(text []byte) (*HalfUpload, error) {
	if len(text) > longestJournal {
		return nil, fmt.Errorf("it has %d bytes", len(text))
	}
	var h HalfUpload
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return nil, err
	}
	return &h, nil
}

// Save implements Journal. What was saved before stays until the new text is safe.
func (j FileJournal) Save(h *HalfUpload) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(j.Dir, 0o700); err != nil {
		return err
	}
	saving := j.saving(h.BoxID, h.Alias)
	if err := os.Remove(saving); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(saving, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(saving) // it is gone when all went well
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(saving, j.path(h.BoxID, h.Alias))
}

// Drop implements Journal.
func (j FileJournal) Drop(boxID, alias string) error {
	for _, name := range []string{j.saving(boxID, alias), j.path(boxID, alias)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
