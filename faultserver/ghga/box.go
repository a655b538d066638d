package ghga

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The states of a box.
const (
	open     = "open"
	locked   = "locked"
	archived = "archived"
)

// box is a FileUploadBox. It is guarded by UCS.mu.
type box struct {
	id      uuid.UUID
	version int64
	state   string
	maxSize int64            // bytes of decrypted files
	uploads map[string]*file // by alias
	// creating counts the uploads that are being created, and their decrypted bytes, so that limits hold for them too.
	creating      int
	creatingBytes int64
}

// stored is the decrypted size of the files that count for the box's size.
func (b *box) stored() (bytes int64) {
	for _, f := range b.uploads {
		if f.state == inbox {
			bytes += f.decryptedSize
		}
	}
	return bytes
}

// unfinished are the files in state init, by alias.
func (b *box) unfinished() (list []*file) {
	for _, f := range b.uploads {
		if f.state == initial {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *file) int { return strings.Compare(a.alias, b.alias) })
	return list
}

func boxNotFound(id uuid.UUID) error {
	return fail(http.StatusNotFound, "boxNotFound", "No box was found with the given ID.", "box_id", id)
}

// openBox finds a box that takes changes. The caller holds mu.
func (u *UCS) openBox(id uuid.UUID) (*box, error) {
	b := u.boxes[id]
	if b == nil {
		return nil, boxNotFound(id)
	}
	if b.state != open {
		return nil, fail(http.StatusConflict, "boxStateError", "The box is not open.", "box_id", id, "box_state", b.state)
	}
	return b, nil
}

func (u *UCS) createBox(hr *http.Request) (int, any, error) {
	r := &request{Request: hr}
	r.object()
	storageAlias, maxSize := r.text("storage_alias"), r.number("max_size", 1, 0)
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if storageAlias != u.cfg.StorageAlias {
		return 0, nil, fail(http.StatusBadRequest, "noSuchStorage", "The storage does not exist.")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	b := &box{id: u.cfg.NewID(), state: open, maxSize: maxSize, uploads: map[string]*file{}}
	u.boxes[b.id] = b
	return http.StatusCreated, b.id, nil
}

// updateBox changes a box's state or its size limit. With force, locking aborts unfinished uploads.
func (u *UCS) updateBox(hr *http.Request) (int, any, error) {
	r := &request{Request: hr}
	id := r.id("box_id")
	r.object()
	version, force := r.number("version", 0, 0), r.flag("force")
	_, hasState := r.body["state"]
	_, hasSize := r.body["max_size"]
	var state string
	var maxSize int64
	switch {
	case r.body == nil:
	case hasState == hasSize:
		r.fault("value_error", "Value error, exactly one of state and max_size must be given", r.body, "body")
	case hasSize:
		maxSize = r.number("max_size", 1, 0)
	default:
		if state = r.text("state"); state != open && state != locked && state != archived {
			r.fault("literal_error", "Input should be 'open', 'locked' or 'archived'", state, "body", "state")
		}
	}
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	unfinished, err := u.changeBox(id, version, state, maxSize, force)
	if err != nil {
		return 0, nil, err
	}
	for _, f := range unfinished {
		if err := u.cancel(r.Context(), f); err != nil {
			return 0, nil, err
		}
	}
	return http.StatusNoContent, nil, nil
}

// changeBox returns the files that are to be aborted.
func (u *UCS) changeBox(id uuid.UUID, version int64, state string, maxSize int64, force bool) ([]*file, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	b := u.boxes[id]
	if b == nil {
		return nil, boxNotFound(id)
	}
	if version != b.version {
		return nil, fail(http.StatusConflict, "boxVersionOutdated", "The box has changed.", "box_id", id)
	}
	unfinished := b.unfinished()
	switch {
	case maxSize > 0:
		if stored := b.stored(); maxSize < stored {
			return nil, fail(http.StatusConflict, "boxMaxSizeTooLow", "The box holds more.",
				"box_id", id, "max_size", maxSize, "current_size", stored)
		}
		b.maxSize = maxSize
	case b.state == archived || state == archived && b.state == open:
		return nil, fail(http.StatusConflict, "boxStateError", "The box cannot be "+state+" now.", "box_id", id, "box_state", b.state)
	case state != open && len(unfinished) > 0 && !(force && state == locked):
		ids := make([][2]string, len(unfinished))
		for i, f := range unfinished {
			ids[i] = [2]string{f.id.String(), f.alias}
		}
		return nil, fail(http.StatusConflict, "incompleteUploads", "Some uploads are not complete.", "box_id", id, "file_ids", ids)
	default:
		b.state = state
	}
	b.version++
	if state != locked {
		unfinished = nil
	}
	return unfinished, nil
}
