package connector

import (
	"errors"
	"net/http"
	"strings"
)

// errDamaged says that a part was changed on its way to S3. It may pass.
var errDamaged = errors.New("S3 got something else than was sent: the ETag in its answer is not the MD5 of the part")

// damaged says whether the ETag of an answer is an MD5, and another one than that. S3 may give ETags of other kinds, which say nothing.
func damaged(resp *http.Response, md5 string) bool {
	etag := strings.Trim(resp.Header.Get("ETag"), `"`)
	return md5 != "" && isHex(etag, 16) && !strings.EqualFold(etag, md5)
}
