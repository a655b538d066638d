package connector

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// NewUpload is what the UCS is told of a file when its upload begins. Sizes are in bytes.
type NewUpload struct {
	Alias         string `json:"alias"`
	DecryptedSize int64  `json:"decrypted_size"`
	EncryptedSize int64  `json:"encrypted_size"`
	PartSize      int64  `json:"part_size"`
	Overwrite     bool   `json:"overwrite"` // removes an upload of the same alias first
}

// Created is what the UCS answers.
type Created struct {
	FileID       string `json:"file_id"`
	StorageAlias string `json:"storage_alias"`
}

// Completion is what the UCS is told when all parts have been brought. Digests are in hex.
type Completion struct {
	DecryptedSHA256 string   `json:"decrypted_sha256"`
	EncryptedMD5    string   `json:"encrypted_md5"` // as S3 makes the ETag of a multipart upload
	PartsMD5        []string `json:"encrypted_parts_md5"`
	PartsSHA256     []string `json:"encrypted_parts_sha256"`
}

// Create begins an upload. To ask twice may begin two.
func (h *Handler) Create(ctx context.Context, base, token, box string, n NewUpload) (Created, error) {
	r := request{
		service: ucs, doing: "beginning the upload", method: http.MethodPost, want: []int{http.StatusCreated},
		url: at(base, "boxes", box, "uploads"), token: token, json: n,
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return Created{}, err
	}
	var c Created
	if err := r.unmarshal(a, &c); err != nil {
		return c, err
	}
	if c.FileID == "" {
		return c, fmt.Errorf("%s: the UCS gave no file id", r.doing)
	}
	return c, nil
}

// PartURL asks for a presigned URL, which is as secret as a token.
func (h *Handler) PartURL(ctx context.Context, base, token, box, fileID string, part int) (string, error) {
	r := request{
		service: ucs, doing: fmt.Sprintf("asking for the URL of part %d", part), method: http.MethodGet, want: []int{http.StatusOK},
		url: at(base, "boxes", box, "uploads", fileID, "parts", strconv.Itoa(part)), token: token, header: asJSON,
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return "", err
	}
	var partURL string
	err = r.unmarshal(a, &partURL)
	return partURL, err
}

// asJSON is what the Connector sends even where there is no body.
var asJSON = http.Header{"Content-Type": {"application/json"}}

// Put brings a part to S3. It fails where the answer's ETag is an MD5, and not the one that the body expects.
func (h *Handler) Put(ctx context.Context, partURL string, part int, body *Body) error {
	_, err := h.do(ctx, request{
		service: s3, doing: fmt.Sprintf("sending part %d", part), method: http.MethodPut, want: []int{http.StatusOK},
		url: partURL, body: body,
	})
	return err
}

// Complete ends an upload. It may be asked again: once the UCS has carried it out, it answers 204.
func (h *Handler) Complete(ctx context.Context, base, token, box, fileID string, c Completion) error {
	_, err := h.do(ctx, request{
		service: ucs, doing: "completing the upload", method: http.MethodPatch, want: []int{http.StatusNoContent},
		url: at(base, "boxes", box, "uploads", fileID), token: token, json: c, repeatable: true,
	})
	return err
}

// Remove deletes an upload, finished or not. It may be asked again.
func (h *Handler) Remove(ctx context.Context, base, token, box, fileID string) error {
	_, err := h.do(ctx, request{
		service: ucs, doing: "deleting the upload", method: http.MethodDelete, want: []int{http.StatusNoContent},
		url: at(base, "boxes", box, "uploads", fileID), token: token, header: asJSON,
	})
	return err
}

// pageSize is how many uploads are listed at once.
const pageSize = 100

// Page lists some uploads of a box from the one with this number, from 0, and says how many there are in all.
func (h *Handler) Page(ctx context.Context, base, token, box string, skip int) (items []FileUpload, total int, err error) {
	r := request{
		service: ucs, doing: "listing the box", method: http.MethodGet, want: []int{http.StatusOK}, token: token, header: asJSON,
		url: at(base, "boxes", box, "uploads") + "?" + url.Values{
			"skip": {strconv.Itoa(skip)}, "limit": {strconv.Itoa(pageSize)},
		}.Encode(),
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return nil, 0, err
	}
	var page struct {
		Items []FileUpload `json:"items"`
		Total int          `json:"total_count"`
	}
	err = r.unmarshal(a, &page)
	return page.Items, page.Total, err
}
