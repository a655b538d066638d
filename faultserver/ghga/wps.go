package ghga

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

func newPackages(orders *authority) *packages {
	s := &packages{orders: orders, byID: map[uuid.UUID]*workPackage{}, research: map[uuid.UUID]uuid.UUID{}}
	s.service = newService(nil, internalError(), map[string]route{
		"GET /health":                {health, nil},
		"GET /work-packages/{wp_id}": {s.details, nil},
		"POST /work-packages/{wp_id}/boxes/{box_id}/work-order-tokens":    {s.boxOrder, nil},
		"POST /work-packages/{wp_id}/files/{accession}/work-order-tokens": {s.fileOrder, nil},
	})
	return s
}

// described is a work package as its user sees it.
type described struct {
	Type       string            `json:"type"`
	Files      map[string]string `json:"files"` // extensions by accession
	ResearchID *uuid.UUID        `json:"research_data_upload_box_id"`
	BoxID      *uuid.UUID        `json:"file_upload_box_id"`
	Created    string            `json:"created"`
	Expires    string            `json:"expires"`
}

// details answers what a work package is about.
func (s *packages) details(r *request) (int, any, error) {
	wp, err := s.asked(r)
	if err != nil {
		return 0, nil, err
	}
	d := described{Type: "upload", Files: map[string]string{}, Created: stamp(wp.created), Expires: stamp(wp.expires)}
	if wp.files == nil {
		d.ResearchID, d.BoxID = &wp.researchID, &wp.boxID
		return http.StatusOK, d, nil
	}
	d.Type = "download"
	for a, f := range wp.files {
		d.Files[a] = f.ext
	}
	return http.StatusOK, d, nil
}

// boxOrder makes a token for work on an upload.
func (s *packages) boxOrder(r *request) (int, any, error) {
	if _, err := r.bearer(); err != nil {
		return 0, nil, err
	}
	researchID := r.id("box_id")
	r.object()
	work := workOrder{Work: r.text("work_type"), Alias: r.optionalText("alias"), FileID: r.optionalID("file_id")}
	if r.body != nil && len(r.faults) == 0 {
		r.checkWork(&work)
	}
	wp, err := s.asked(r)
	if err != nil {
		return 0, nil, err
	}
	if wp.files != nil || wp.researchID != researchID {
		return 0, nil, &refused{http.StatusForbidden, "Specified box ID is incorrect."}
	}
	work.BoxID = wp.boxID
	return s.order(r, wp, work)
}

// checkWork finds out whether a type of work has what it needs. A token says no more than that.
func (r *request) checkWork(work *workOrder) {
	switch work.Work {
	case workCreate:
		if work.Alias == "" {
			r.fault("value_error", "Value error, an alias is needed to create a file", r.body, "body")
		}
		work.FileID = uuid.Nil
	case workUpload, workClose, workDelete:
		if work.FileID == uuid.Nil {
			r.fault("value_error", "Value error, a file_id is needed to "+work.Work+" a file", r.body, "body")
		}
		work.Alias = ""
	case workView:
		work.Alias, work.FileID = "", uuid.Nil
	default:
		r.fault("literal_error", "Input should be 'create', 'upload', 'close', 'delete' or 'view'", work.Work, "body", "work_type")
	}
}

// fileOrder makes a token for the download of a file.
func (s *packages) fileOrder(r *request) (int, any, error) {
	wp, err := s.asked(r)
	if err != nil {
		return 0, nil, err
	}
	if wp.files == nil {
		return 0, nil, &refused{http.StatusForbidden, "Work package type must be DOWNLOAD to obtain a download access WOT"}
	}
	accession := r.PathValue("accession")
	f, ok := wp.files[accession]
	if !ok {
		return 0, nil, &refused{http.StatusForbidden, "File is not contained in work package"}
	}
	return s.order(r, wp, workOrder{Work: workDownload, FileID: f.id, Accession: accession})
}

// order signs a token and seals it for the user.
func (s *packages) order(r *request, wp *workPackage, work workOrder) (int, any, error) {
	work.UserKey = base64.StdEncoding.EncodeToString(wp.userKey[:])
	token, err := s.orders.sign(work)
	if err != nil {
		return 0, nil, err
	}
	sealed, err := seal(token, wp.userKey)
	if err != nil {
		return 0, nil, err
	}
	life := int64(s.orders.lifetime / time.Second)
	r.answer.Set("Cache-Control", "max-age="+strconv.FormatInt(life, 10)+", private")
	return http.StatusCreated, sealed, nil
}

// asked finds the work package that a request is about, if it may. What is wrong with the request otherwise counts only after the token is there.
func (s *packages) asked(r *request) (*workPackage, error) {
	token, err := r.bearer()
	if err != nil {
		return nil, err
	}
	id := r.id("wp_id")
	if err := r.err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	wp := s.byID[id]
	digest := sha256.Sum256([]byte(token))
	switch {
	case wp == nil:
		return nil, &refused{http.StatusForbidden, "Work package not found"}
	case subtle.ConstantTimeCompare(wp.token[:], digest[:]) == 0:
		return nil, &refused{http.StatusForbidden, "Invalid work package access token"}
	}
	return wp, s.permitted(wp)
}

// bearer reads the work package's access token.
func (r *request) bearer() (string, error) {
	token, ok := bearer(r.Header.Get("Authorization"))
	if !ok {
		return "", &refused{http.StatusUnauthorized, "Not authenticated"}
	}
	return token, nil
}
