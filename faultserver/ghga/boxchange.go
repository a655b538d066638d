package ghga

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// updateBox changes a box's state or its size limit. With force, locking aborts unfinished uploads.
func (u *UCS) updateBox(r *request) (int, any, error) {
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
	if err := r.mayChange(id, state); err != nil {
		return 0, nil, err
	}
	for {
		unfinished, err := u.changeBox(id, version, state, maxSize, force)
		if err != nil {
			return 0, nil, err
		}
		if len(unfinished) == 0 {
			return http.StatusNoContent, nil, nil
		}
		for _, f := range unfinished {
			if err := u.cancel(r.Context(), f); err != nil {
				return 0, nil, err
			}
		}
	}
}

// changeBox changes nothing while there are files that have to be aborted first, and returns them: if that fails, the same request can be
// made again.
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
	if maxSize > 0 {
		if stored := b.stored(); maxSize < stored {
			return nil, fail(http.StatusConflict, "boxMaxSizeTooLow", "The box holds more.",
				"box_id", id, "max_size", maxSize, "current_size", stored)
		}
		b.maxSize = maxSize
		b.version++
		return nil, nil
	}
	switch {
	case b.state == state, b.state == archived && state == locked:
		return nil, nil // it is as it should be, or beyond
	case b.state == archived, b.state == open && state == archived:
		return nil, fail(http.StatusConflict, "boxStateError", "The box cannot be "+state+" now.", "box_id", id, "box_state", b.state)
	}
	unfinished := b.standingIn(state)
	if len(unfinished) > 0 && force && state == locked {
		return unfinished, nil
	}
	if len(unfinished) > 0 {
		ids := make([][2]string, len(unfinished))
		for i, f := range unfinished {
			ids[i] = [2]string{f.id.String(), f.alias}
		}
		return nil, fail(http.StatusConflict, "incompleteUploads", "Some uploads are not complete.", "box_id", id, "file_ids", ids)
	}
	b.state = state
	if state == archived {
		b.hand()
	}
	b.version++
	return nil, nil
}

// deleteBox removes a box with all its uploads, and what S3 holds of them.
func (u *UCS) deleteBox(r *request) (int, any, error) {
	id := r.id("box_id")
	version := r.needed("version")
	if err := r.err(); err != nil {
		return 0, nil, err
	}
	if err := r.mayBox(id); err != nil {
		return 0, nil, err
	}
	files, err := u.emptyBox(id, int64(version))
	if err != nil {
		return 0, nil, err
	}
	for _, f := range files {
		if err := u.cancel(r.Context(), f); err != nil {
			return 0, nil, err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, f := range files {
		delete(u.files, f.id)
	}
	delete(u.boxes, id)
	return http.StatusNoContent, nil, nil
}

// emptyBox marks a box as going, so that no file comes to it any more, and returns those that go with it, by alias. If that fails the request
// can be made again: a box that is going has no version to be behind of.
func (u *UCS) emptyBox(id uuid.UUID, version int64) ([]*file, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	b := u.boxes[id]
	if b == nil {
		return nil, boxNotFound(id)
	}
	if version != b.version && !b.going {
		return nil, fail(http.StatusConflict, "boxVersionOutdated", "The box has changed.", "box_id", id)
	}
	if b.state == archived {
		return nil, fail(http.StatusConflict, "boxStateError", "The box is archived.", "box_id", id, "box_state", b.state)
	}
	b.going = true
	return slices.SortedFunc(maps.Values(b.uploads), func(a, b *file) int { return strings.Compare(a.alias, b.alias) }), nil
}
