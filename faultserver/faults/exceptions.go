package faults

import (
	"net/http"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// UsualException is the exception id that a service of GHGA's usually gives with a status in answer to an operation. Empty: it has none for
// that. Another one can be set by hand.
func UsualException(op string, status int) string {
	if id := usualExceptions[op][status]; id != "" {
		return id
	}
	switch op {
	case ops.UCSHealth, ops.DCSHealth: // which ask for no token, and know no object
		if status != http.StatusInternalServerError {
			return ""
		}
	}
	return serviceExceptions[ops.Service(op)][status]
}

// serviceExceptions are those of all operations of a service. The WPS and the WKVS have none.
var serviceExceptions = map[string]map[int]string{
	"ucs": {403: "notAuthorized", 500: "internalError"},
	"dcs": {403: "wrongFileAuthorizationError", 404: "noSuchObject", 500: "internalServerError"},
}

// usualExceptions go before those. Where an operation has several for a status, it is the one that needs the least to have gone before.
var usualExceptions = map[string]map[int]string{
	ops.UCSCreateBox: {400: "noSuchStorage"},
	ops.UCSUpdateBox: {404: "boxNotFound", 409: "boxVersionOutdated"},
	ops.UCSDeleteBox: {404: "boxNotFound", 409: "boxVersionOutdated"},
	ops.UCSList:      {404: "boxNotFound"},
	ops.UCSCreate:    {400: "noSuchStorage", 404: "boxNotFound", 409: "fileUploadAlreadyExists", 429: "tooManyOpenUploads", 507: "boxMaxSizeExceeded"},
	ops.UCSPartURL:   {400: "noSuchStorage", 404: "fileUploadNotFound", 429: "partUrlRateLimitError"},
	ops.UCSComplete:  {400: "checksumMismatch", 404: "fileUploadNotFound", 409: "fileUploadStateError"},
	ops.UCSDelete:    {400: "noSuchStorage", 404: "fileUploadNotFound", 409: "boxStateError"},
}

// exceptions are what GHGA's services raise: a text, and the names of the data that come with it.
var exceptions = map[string]struct{ text, data string }{
	"boxMaxSizeExceeded":          {"The file does not fit into the box.", "box_id max_size current_size file_alias"},
	"boxMaxSizeTooLow":            {"The box holds more.", "box_id max_size current_size"},
	"boxNotFound":                 {"No box was found with the given ID.", "box_id"},
	"boxStateError":               {"The box is not open.", "box_id box_state"},
	"boxVersionOutdated":          {"The box has changed.", "box_id"},
	"checksumMismatch":            {"The checksum is not that of the object in S3.", "file_id"},
	"fileUploadAlreadyExists":     {"An upload with this alias exists.", "alias"},
	"fileUploadNotFound":          {"No upload was found with the given file ID.", "file_id"},
	"fileUploadStateError":        {"The upload is in another state.", "file_id"},
	"incompleteUploads":           {"Some uploads are not complete.", "box_id file_ids"},
	"internalError":               {"An internal server error has occurred.", ""},
	"internalServerError":         {"Internal Server Error.", ""},
	"invalidCorrelationId":        {"The correlation ID is missing, or no UUID of version 4.", ""},
	"invalidPartSize":             {"The part size is not allowed.", "file_alias part_size"},
	"noSuchObject":                {"There is no such object.", "object_id"},
	"noSuchStorage":               {"The storage does not exist.", ""},
	"notAuthorized":               {"Not authorized", ""},
	"orphanedMultipartUpload":     {"The earlier upload could not be aborted.", "file_alias"},
	"paginationError":             {"Uploads cannot be sorted so.", ""},
	"partSizeExceeded":            {"A part is larger than was declared; the upload is cancelled.", "file_id part_no part_size"},
	"partUrlRateLimitError":       {"Too many part URLs were requested for the file.", "file_id"},
	"s3UploadNotFound":            {"S3 has no such multipart upload.", ""},
	"tooManyOpenUploads":          {"Too many uploads of this box are open.", "box_id max_concurrent"},
	"uploadAbortError":            {"The multipart upload could not be aborted.", ""},
	"uploadCompletionError":       {"The multipart upload could not be completed.", "box_id file_id"},
	"uploadSizeMismatch":          {"The object in S3 has another size than was declared.", "file_id"},
	"wrongFileAuthorizationError": {"The token is for another file.", ""},
}
