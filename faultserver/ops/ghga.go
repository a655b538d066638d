package ops

import (
	"net/http"
	"strconv"
	"strings"
)

// GHGA reads requests to GHGA's whole control plane, as package ghga's Platform puts it on one address: the services are below
// /.well-known, /wps, /ucs and /dcs. Key is the file's id, alias or accession, as the request names it: a token's is out of its JSON body, or the
// accession of its path. Bucket is the box's or the work package's id.
func GHGA(r *http.Request) Request {
	service, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	p := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	switch service {
	case ".well-known":
		return wkvs(r, p)
	case "wps":
		return wps(r, p)
	case "ucs":
		return ucs(r, p)
	case "dcs":
		return dcs(r, p)
	}
	return Request{Op: Other}
}

// UCS reads requests to a GHGA Upload Controller that has an address of its own. Key is the file's id, and for a create, which
// has none yet, the alias out of the JSON body.
func UCS(r *http.Request) Request {
	return ucs(r, strings.Split(strings.Trim(r.URL.Path, "/"), "/"))
}

func wkvs(r *http.Request, p []string) Request {
	if p[0] != "values" || len(p) > 2 || r.Method != http.MethodGet {
		return Request{Op: Other}
	}
	req := Request{Op: WKVSValues}
	if len(p) == 2 {
		req.Key = p[1]
	}
	return req
}

func wps(r *http.Request, p []string) Request {
	req := Request{Op: Other}
	if p[0] == "health" && len(p) == 1 && r.Method == http.MethodGet {
		req.Op = WPSHealth
	}
	if p[0] != "work-packages" || len(p) < 2 {
		return req
	}
	req.Bucket = p[1]
	switch {
	case len(p) == 2 && r.Method == http.MethodGet:
		req.Op = WPSPackage
	case len(p) == 5 && p[4] == "work-order-tokens" && r.Method == http.MethodPost && p[2] == "boxes":
		req.Op = WPSToken
		req.Key, req.Work = peekFile(r)
	case len(p) == 5 && p[4] == "work-order-tokens" && r.Method == http.MethodPost && p[2] == "files":
		req.Op = WPSToken
		req.Key = p[3]
	}
	return req
}

func ucs(r *http.Request, p []string) Request {
	req := Request{Op: Other}
	if p[0] == "health" && len(p) == 1 && r.Method == http.MethodGet {
		req.Op = UCSHealth
	}
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
		req.Op = UCSCreateBox
	case len(p) == 2 && r.Method == http.MethodPatch:
		req.Op = UCSUpdateBox
	case len(p) == 2 && r.Method == http.MethodDelete:
		req.Op = UCSDeleteBox
	case len(p) == 3 && p[2] == "uploads" && r.Method == http.MethodGet:
		req.Op = UCSList
	case len(p) == 3 && p[2] == "uploads" && r.Method == http.MethodPost:
		req.Op = UCSCreate
		req.Key, _ = peekFile(r)
	case len(p) == 4 && r.Method == http.MethodPatch:
		req.Op = UCSComplete
	case len(p) == 4 && r.Method == http.MethodDelete:
		req.Op = UCSDelete
	case len(p) == 6 && p[4] == "parts" && r.Method == http.MethodGet:
		req.Op = UCSPartURL
		req.Part, _ = strconv.Atoi(p[5])
	}
	return req
}

func dcs(r *http.Request, p []string) Request {
	req := Request{Op: Other}
	if r.Method != http.MethodGet {
		return req
	}
	switch {
	case p[0] == "health" && len(p) == 1:
		req.Op = DCSHealth
	case p[0] == "objects" && len(p) == 2:
		req.Op, req.Key = DCSObject, p[1]
	case p[0] == "objects" && len(p) == 3 && p[2] == "envelopes":
		req.Op, req.Key = DCSEnvelope, p[1]
	}
	return req
}
