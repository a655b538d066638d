package transport

import (
	"net/http"
	"strings"
)

// ByHost lets all requests to a host share a limit.
func ByHost(req *http.Request) string {
	if req.URL == nil {
		return ""
	}
	return req.URL.Host
}

// ByBucket lets requests to a bucket share a limit: the host and the first element of the path, which is the bucket in S3's
// path style. In virtual-hosted style the host names the bucket, and ByHost does it.
func ByBucket(req *http.Request) string { return byPath(req, 1) }

// ByPrefix lets requests share a limit whose paths begin with the same so many elements, the bucket included: S3 scales and
// throttles by prefix. It does not take the last element, which is the object's own name, unless it is the only one, a bucket. 0 elements
// are the host alone. It is for S3's path style.
func ByPrefix(elements int) func(*http.Request) string {
	return func(req *http.Request) string { return byPath(req, elements) }
}

func byPath(req *http.Request, elements int) string {
	if elements <= 0 || req.URL == nil {
		return ByHost(req)
	}
	path := strings.TrimPrefix(req.URL.Path, "/")
	end := 0
	for range elements {
		n := strings.IndexByte(path[end:], '/')
		if n < 0 {
			break
		}
		end += n + 1
	}
	if end == 0 { // no slash: a bucket itself
		end = len(path)
	}
	return req.URL.Host + "/" + strings.TrimSuffix(path[:end], "/")
}
