package ops

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Request is what the rules know of an HTTP request.
type Request struct {
	Op     string // one of the operations
	Bucket string // or the id of GHGA's box or work package
	Key    string // object's key, or the GHGA file's id, alias or accession, or the path of a plain HTTP request
	Part   int    // part number of upload_part and ucs_part_url, else 0
	Upload string // S3's upload id, where the request names one
	// Once: the request is to be carried out once. It is a call that is not idempotent, and it has no key by which the
	// service could tell that it comes again.
	Once bool
	Work string // what a work order token is asked for, such as create; empty for all else, and for downloads
}

// A Classifier tells what a request is. It may peek into a small body, and must leave it readable.
type Classifier func(r *http.Request) Request

// S3 reads path-style S3 requests: /bucket/key?query.
func S3(r *http.Request) Request {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	req := Request{Op: Other, Bucket: bucket, Key: key}
	q := scan(r.URL.RawQuery)
	switch {
	case bucket == "":
	case key == "":
		req.Op = bucketOp(r.Method, q)
	case q.uploads && r.Method == http.MethodPost:
		req.Op = CreateUpload
	case q.hasUpload:
		req.Upload = q.upload
		switch r.Method {
		case http.MethodPut:
			req.Op = UploadPart
			if r.Header.Get("X-Amz-Copy-Source") != "" {
				req.Op = CopyObject
			}
			req.Part, _ = strconv.Atoi(q.part)
		case http.MethodPost:
			req.Op = CompleteUpload
		case http.MethodDelete:
			req.Op = AbortUpload
		case http.MethodGet:
			req.Op = ListParts
		}
	default:
		switch r.Method {
		case http.MethodPut:
			req.Op = PutObject
			if r.Header.Get("X-Amz-Copy-Source") != "" {
				req.Op = CopyObject
			}
		case http.MethodGet:
			req.Op = GetObject
		case http.MethodHead:
			req.Op = HeadObject
		case http.MethodDelete:
			req.Op = DeleteObject
		}
	}
	return req
}

func bucketOp(method string, q query) string {
	switch method {
	case http.MethodPut:
		if q.empty {
			return CreateBucket
		}
	case http.MethodHead:
		return HeadBucket
	case http.MethodPost:
		if q.delete {
			return DeleteObjects
		}
	case http.MethodGet:
		switch {
		case q.uploads:
			return ListUploads
		case !q.location && !q.versioning:
			return ListObjects
		}
	}
	return Other
}

// Plain takes a request as it is, for services that speak no protocol that is known here. Key is the path.
func Plain(r *http.Request) Request { return Request{Op: HTTP, Key: r.URL.Path} }

// query is what of a query tells S3's operations apart.
type query struct {
	upload, part                                            string
	empty, hasUpload, uploads, delete, location, versioning bool
}

// scan reads a raw query without the map that net/url would make of it.
func scan(raw string) query {
	q := query{empty: raw == ""}
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		key, value, _ := strings.Cut(pair, "=")
		switch key {
		case "uploadId":
			q.hasUpload = true
			q.upload = unescape(value)
		case "partNumber":
			q.part = unescape(value)
		case "uploads":
			q.uploads = true
		case "delete":
			q.delete = true
		case "location":
			q.location = true
		case "versioning":
			q.versioning = true
		}
	}
	return q
}

func unescape(s string) string {
	if strings.ContainsAny(s, "%+") {
		if plain, err := url.QueryUnescape(s); err == nil {
			return plain
		}
	}
	return s
}
