package ops

import "net/http"

// Calls reads single calls: plain requests of any method to /bucket/key.
func Calls(r *http.Request) Request {
	req := S3(r)
	if req.Key == "" {
		return req
	}
	req.Op = Call(r.Method)
	if req.Op == PostObject || req.Op == PatchObject {
		_, keyed := r.Header["Idempotency-Key"]
		_, extra := r.Header["X-Idempotency-Key"]
		req.Once = !keyed && !extra
	}
	return req
}

// Call is the operation of a single call with this method.
func Call(method string) string {
	switch method {
	case http.MethodGet:
		return GetObject
	case http.MethodHead:
		return HeadObject
	case http.MethodPut:
		return PutObject
	case http.MethodPost:
		return PostObject
	case http.MethodPatch:
		return PatchObject
	case http.MethodDelete:
		return DeleteObject
	}
	return Other
}
