package s3

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"

	"github.com/rclone/gofakes3"
)

// apiError is an S3 error as the client gets it.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// Errors that gofakes3 lacks or gives another status.
var (
	errEntityTooSmall = &apiError{http.StatusBadRequest, "EntityTooSmall", "a part that is not the last is smaller than the least size of a part"}
	errNoSuchUpload   = &apiError{http.StatusNotFound, "NoSuchUpload", "the multipart upload does not exist: it may have been aborted or completed"}
	errNotKept        = &apiError{http.StatusNotImplemented, "NotImplemented", "the content was not kept: this server keeps digests only; give it a folder to keep bytes"}
)

// noSuch says that a bucket or key is not there.
func noSuch(code gofakes3.ErrorCode, name string) error {
	return &apiError{code.Status(), string(code), name + " does not exist"}
}

// writeError answers with S3's XML error body. The resource is the path: a query may hold a signature.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	var api *apiError
	var coded gofakes3.Error
	switch {
	case errors.As(err, &api):
	case errors.As(err, &coded):
		api = &apiError{coded.ErrorCode().Status(), string(coded.ErrorCode()), coded.Error()}
	default:
		api = &apiError{http.StatusInternalServerError, "InternalError", err.Error()}
	}
	sendError(w, r, api)
}

func sendError(w http.ResponseWriter, r *http.Request, e *apiError) {
	body, err := xml.Marshal(struct {
		XMLName   xml.Name `xml:"Error"`
		Code      string
		Message   string
		Resource  string
		RequestID string `xml:"RequestId,omitempty"`
	}{Code: e.code, Message: e.message, Resource: r.URL.Path, RequestID: w.Header().Get("X-Amz-Request-Id")})
	if err != nil { // cannot be: strings only
		body = nil
	}
	sendXML(w, e.status, body)
}

// sendXML sends a whole answer. net/http leaves the body out where the request was HEAD.
func sendXML(w http.ResponseWriter, status int, body []byte) {
	body = append([]byte(xml.Header), body...)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone if this fails
}
