package s3

import (
	"net/http"
	"strings"

	"github.com/rclone/gofakes3/signature"
)

// authorize checks the signature of a request, in its headers or in a presigned URL, its age or expiry, and its region.
func (s *Server) authorize(r *http.Request) error {
	return authorize(r, s.cfg.AccessKey, s.cfg.SecretKey, s.cfg.Region)
}

// authorize does that for a pair of keys.
func authorize(r *http.Request, accessKeyWanted, secretKey, regionWanted string) error {
	q := r.URL.Query()
	header := r.Header.Get("Authorization")
	if header == "" && q.Get("X-Amz-Signature") == "" {
		return &apiError{http.StatusForbidden, "AccessDenied", "the request is not signed"}
	}
	code := signature.V4SignVerifyWithLookup(r, func(accessKey string) (string, bool) {
		return secretKey, accessKey == accessKeyWanted
	})
	if code != signature.ErrNone {
		e := signature.GetAPIError(code)
		if header == "" && strings.HasPrefix(e.Description, "The difference") { // too old
			return &apiError{http.StatusForbidden, "AccessDenied", "the presigned URL has expired"}
		}
		return &apiError{e.HTTPStatusCode, e.Code, e.Description}
	}
	credential := q.Get("X-Amz-Credential")
	if header != "" {
		_, credential, _ = strings.Cut(header, "Credential=")
		credential, _, _ = strings.Cut(credential, ",")
	}
	// A client that does not know the region asks for it, signing for us-east-1.
	if region := regionOf(credential); region != regionWanted && !q.Has("location") {
		return &apiError{http.StatusBadRequest, "AuthorizationHeaderMalformed",
			"the request is signed for the region " + region + ", but the bucket is in " + regionWanted}
	}
	return nil
}

// regionOf takes the region out of key/date/region/s3/aws4_request. The key may hold slashes.
func regionOf(credential string) string {
	f := strings.Split(credential, "/")
	if len(f) < 5 {
		return ""
	}
	return f[len(f)-3]
}
