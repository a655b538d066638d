package ghga

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Revoke takes the access away that a work package gave. It is an error if there is none with this id.
func (p *Platform) Revoke(id string) error {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return fmt.Errorf("ghga: work package %q: %w", id, err)
	}
	p.wps.mu.Lock()
	defer p.wps.mu.Unlock()
	wp := p.wps.byID[parsed]
	if wp == nil {
		return errors.New("ghga: there is no such work package")
	}
	wp.revoked = true
	return nil
}

// DoubtAccess makes the WPS unable to find out whether somebody still has access, as when GHGA's claims service is down; and able again.
func (p *Platform) DoubtAccess(unable bool) {
	p.wps.mu.Lock()
	defer p.wps.mu.Unlock()
	p.wps.unsure = unable
}

// permitted asks whether a work package still gives access, as the WPS does at every request. The caller holds mu.
func (s *packages) permitted(wp *workPackage) error {
	text := ""
	switch download := wp.files != nil; {
	case !time.Now().Before(wp.expires):
		text = "Work package has expired"
	case s.unsure && download:
		text = "Failed to check dataset access permission"
	case s.unsure:
		text = "Failed to check upload box access permission"
	case wp.revoked && download:
		text = "Download access has been revoked"
	case wp.revoked:
		text = "Upload access has been revoked"
	default:
		return nil
	}
	return &refused{http.StatusForbidden, text}
}
