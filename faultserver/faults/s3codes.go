package faults

// DefaultS3Code is the error code S3 usually sends with a status.
func DefaultS3Code(status int) string {
	if code, ok := usual[status]; ok {
		return code
	}
	if status >= 500 {
		return "InternalError"
	}
	return "BadRequest"
}

var usual = map[int]string{
	307: "TemporaryRedirect",
	400: "BadRequest",
	403: "AccessDenied",
	404: "NoSuchKey",
	405: "MethodNotAllowed",
	408: "RequestTimeout",
	409: "OperationAborted",
	411: "MissingContentLength",
	412: "PreconditionFailed",
	413: "EntityTooLarge",
	416: "InvalidRange",
	429: "TooManyRequests",
	500: "InternalError",
	501: "NotImplemented",
	502: "BadGateway",
	503: "ServiceUnavailable",
	504: "GatewayTimeout",
	507: "InsufficientStorage",
	509: "BandwidthLimitExceeded",
	520: "UnknownError",
}

// messages are what people read beside a code. A code that is not here has no message.
var messages = map[string]string{
	"AccessDenied":           "Access is denied.",
	"BadDigest":              "The Content-MD5 is not that of the body that was received.",
	"BadGateway":             "The backend could not be reached.",
	"BadRequest":             "The request cannot be understood.",
	"BandwidthLimitExceeded": "The bandwidth of this account is used up.",
	"EntityTooLarge":         "The upload is larger than allowed.",
	"EntityTooSmall":         "A part that is not the last is smaller than allowed.",
	"ExpiredToken":           "The token has expired.",
	"GatewayTimeout":         "The backend did not answer in time.",
	"InsufficientStorage":    "There is no room left for this.",
	"InternalError":          "An internal error happened. Try again.",
	"InvalidDigest":          "The Content-MD5 is not valid.",
	"InvalidPart":            "A part was not found, or its ETag is not what was listed.",
	"InvalidRange":           "The range lies outside of the object.",
	"MethodNotAllowed":       "The method is not allowed here.",
	"MissingContentLength":   "The request needs a Content-Length.",
	"NoSuchBucket":           "There is no bucket of this name.",
	"NoSuchKey":              "There is no object with this key.",
	"NoSuchUpload":           "There is no such multipart upload; it may have been aborted or completed.",
	"NotImplemented":         "This is not implemented.",
	"OperationAborted":       "Another operation on this resource is under way. Try again.",
	"PreconditionFailed":     "A condition of the request does not hold.",
	"RequestLimitExceeded":   "Lower your rate of requests.",
	"RequestTimeout":         "The request was not read or written in time.",
	"RequestTimeTooSkewed":   "The request's time differs too much from the server's.",
	"ServiceUnavailable":     "The service cannot answer now.",
	"SlowDown":               "Lower your rate of requests.",
	"TemporaryRedirect":      "Send the request to the other place for now.",
	"Throttling":             "Lower your rate of requests.",
	"TooManyRequests":        "Too many requests. Come back later.",
	"UnknownError":           "The server gave no answer that can be understood.",
}
