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
	going   bool             // it is being deleted
	maxSize int64            // bytes of decrypted files
	uploads map[string]*file // by alias
	// creating counts the uploads that are being created, and their decrypted bytes, so that limits hold for them too.
	creating      int
	creatingBytes int64
}

// stored is the decrypted size of the files that count for the box's size.
func (b *box) stored() (bytes int64) {
	for _, f := range b.uploads {
		if counts(f.state) {
			bytes += f.decryptedSize
		}
	}
	return bytes
}

// unfinished are the files in state init, by alias.
func (b *box) unfinished() []*file { return b.in(initial) }

// standingIn are the files that are in the way of a change, by alias: what is locked takes no more parts, and what is archived is interrogated.
func (b *box) standingIn(state string) []*file {
	switch state {
	case locked:
		return b.in(initial)
	case archived:
		return b.in(initial, inbox)
	}
	return nil
}

// hand passes what was interrogated on to the archive.
func (b *box) hand() {
	for _, f := range b.in(interrogated) {
		f.set(awaiting)
	}
}

// in are the files in any of the states, by alias.
func (b *box) in(states ...string) (list []*file) {
	for _, f := range b.uploads {
		if slices.Contains(states, f.state) {
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
	if b == nil || b.going {
		return nil, boxNotFound(id)
	}
	if b.state != open {
		return nil, fail(http.StatusConflict, "boxStateError", "The box is not open.", "box_id", id, "box_state", b.state)
	}
	return b, nil
}

func (u *UCS) createBox(r *request) (int, any, error) {
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
	return http.StatusCreated, u.newBox(maxSize).id, nil
}

// newBox makes an open box. The caller holds mu.
func (u *UCS) newBox(maxSize int64) *box {
	b := &box{id: u.cfg.NewID(), state: open, maxSize: maxSize, uploads: map[string]*file{}}
	u.boxes[b.id] = b
	return b
}
