package faultserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Request is what the rules know of an HTTP request.
type Request struct {
	Op     string // one of the Op constants
	Bucket string
	Key    string // object's key, or the GHGA file's id or alias
	Part   int    // part number of upload_part and ucs_part_url, else 0
}

// A Classifier tells what a request is. It may peek into a small body, and must leave it readable.
type Classifier func(r *http.Request) Request

// ClassifyS3 reads path-style S3 requests: /bucket/key?query.
func ClassifyS3(r *http.Request) Request {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	req := Request{Op: OpOther, Bucket: bucket, Key: key}
	q := r.URL.Query()
	switch {
	case bucket == "":
	case key == "":
		req.Op = bucketOp(r.Method, q.Has("uploads"), q)
	case q.Has("uploads") && r.Method == http.MethodPost:
		req.Op = OpCreateUpload
	case q.Has("uploadId"):
		switch r.Method {
		case http.MethodPut:
			req.Op = OpUploadPart
			req.Part, _ = strconv.Atoi(q.Get("partNumber"))
		case http.MethodPost:
			req.Op = OpCompleteUpload
		case http.MethodDelete:
			req.Op = OpAbortUpload
		case http.MethodGet:
			req.Op = OpListParts
		}
	default:
		switch r.Method {
		case http.MethodPut:
			req.Op = OpPutObject
		case http.MethodGet:
			req.Op = OpGetObject
		case http.MethodHead:
			req.Op = OpHeadObject
		case http.MethodDelete:
			req.Op = OpDeleteObject
		}
	}
	return req
}

func bucketOp(method string, uploads bool, q map[string][]string) string {
	switch method {
	case http.MethodPut:
		if len(q) == 0 {
			return OpCreateBucket
		}
	case http.MethodHead:
		return OpHeadBucket
	case http.MethodGet:
		if uploads {
			return OpListUploads
		}
		_, location := q["location"]
		_, versioning := q["versioning"]
		if !location && !versioning {
			return OpListObjects
		}
	}
	return OpOther
}

// maxPeek bounds how much of a body a classifier reads.
const maxPeek = 64 << 10

// ClassifyUCS reads requests to the GHGA Upload Controller. Key is the file's id, and for a create, which has none yet,
// the alias out of the JSON body.
func ClassifyUCS(r *http.Request) Request {
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	req := Request{Op: OpOther}
	if p[0] != "boxes" {
		return req
	}
	if len(p) > 1 {
		req.Bucket = p[1]
	}
	if len(p) > 3 {
		req.Key = p[3]
	}
	switch {
	case len(p) == 1 && r.Method == http.MethodPost:
		req.Op = OpUCSCreateBox
	case len(p) == 3 && p[2] == "uploads" && r.Method == http.MethodGet:
		req.Op = OpUCSList
	case len(p) == 3 && p[2] == "uploads" && r.Method == http.MethodPost:
		req.Op = OpUCSCreate
		req.Key = peekAlias(r)
	case len(p) == 4 && r.Method == http.MethodPatch:
		req.Op = OpUCSComplete
	case len(p) == 4 && r.Method == http.MethodDelete:
		req.Op = OpUCSDelete
	case len(p) == 6 && p[4] == "parts" && r.Method == http.MethodGet:
		req.Op = OpUCSPartURL
		req.Part, _ = strconv.Atoi(p[5])
	}
	return req
}

func peekAlias(r *http.Request) string {
	if r.Body == nil || r.ContentLength > maxPeek {
		return ""
	}
	if r.GetBody != nil { // a client's request, whose body is not ours to touch
		b, err := r.GetBody()
		if err != nil {
			return ""
		}
		defer b.Close()
		return aliasIn(b)
	}
	body := r.Body
	head, _ := io.ReadAll(io.LimitReader(body, maxPeek))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), body), body}
	return aliasIn(bytes.NewReader(head))
}

func aliasIn(body io.Reader) string {
	var create struct{ Alias string }
	_ = json.NewDecoder(io.LimitReader(body, maxPeek)).Decode(&create) // a body that is no JSON has no alias
	return create.Alias
}
