package connector

import (
	"context"
	"net/http"
)

// Package is a work package: what somebody may move.
type Package struct {
	Type        string            `json:"type"`                        // upload or download
	Files       map[string]string `json:"files"`                       // of a download package: extensions by accession
	ResearchBox string            `json:"research_data_upload_box_id"` // by which the WPS knows the box of an upload package
	Box         string            `json:"file_upload_box_id"`          // by which the UCS knows it
}

// Package asks the WPS, at its base URL, for the work package.
func (h *Handler) Package(ctx context.Context, base string) (Package, error) {
	r := request{
		service: wps, doing: "asking for the work package", method: http.MethodGet, want: []int{http.StatusOK},
		url: at(base, "work-packages", h.access.WorkPackage), token: h.access.Token,
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return Package{}, err
	}
	var p Package
	err = r.unmarshal(a, &p)
	return p, err
}

// Order says what a work order token is to allow.
type Order struct {
	Type  string // create, upload, close, delete, view or download
	Box   string // the research box, of all but download
	Alias string // of create
	// FileID of upload, close and delete; of download the accession.
	FileID string
}

// Token asks the WPS for a work order token, which comes sealed.
func (h *Handler) Token(ctx context.Context, base string, o Order) (sealed string, err error) {
	r := request{
		service: wps, doing: "asking for a token to " + o.Type, method: http.MethodPost, want: []int{http.StatusCreated},
		token: h.access.Token, repeatable: true, // two tokens do no harm
	}
	if o.Type == "download" {
		r.url = at(base, "work-packages", h.access.WorkPackage, "files", o.FileID, "work-order-tokens")
	} else {
		r.url = at(base, "work-packages", h.access.WorkPackage, "boxes", o.Box, "work-order-tokens")
		r.json = struct {
			Type   string  `json:"work_type"`
			Alias  *string `json:"alias"`
			FileID *string `json:"file_id"`
		}{o.Type, optional(o.Alias), optional(o.FileID)}
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return "", err
	}
	err = r.unmarshal(a, &sealed)
	return sealed, err
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
