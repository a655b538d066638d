package ghga

import (
	"net/http"

	"github.com/google/uuid"
)

// notAuthorized says that a good token is for something else.
func notAuthorized() error { return fail(http.StatusForbidden, "notAuthorized", "Not authorized") }

// mayBox refuses a token for another box. Without a token everything is allowed.
func (r *request) mayBox(id uuid.UUID) error {
	if r.token != nil && r.token.BoxID != id {
		return notAuthorized()
	}
	return nil
}

// mayFile refuses a token for another box or file.
func (r *request) mayFile(box, file uuid.UUID) error {
	if r.token != nil && r.token.FileID != file {
		return notAuthorized()
	}
	return r.mayBox(box)
}

// mayCreate refuses a token for another box or alias.
func (r *request) mayCreate(box uuid.UUID, alias string) error {
	if r.token != nil && r.token.Alias != alias {
		return notAuthorized()
	}
	return r.mayBox(box)
}

// mayChange refuses a token for another box, or for another change of it.
func (r *request) mayChange(box uuid.UUID, state string) error {
	works := map[string]string{open: workUnlock, locked: workLock, archived: workArchive, "": workResize}
	if r.token != nil && r.token.Work != works[state] {
		return notAuthorized()
	}
	return r.mayBox(box)
}
