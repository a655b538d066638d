package faults

// DefaultS3Code is the error code S3 usually sends with a status.
func DefaultS3Code(status int) string {
	switch status {
	case 400:
		return "BadRequest"
	case 403:
		return "AccessDenied"
	case 404:
		return "NoSuchKey"
	case 408:
		return "RequestTimeout"
	case 409:
		return "OperationAborted"
	case 429:
		return "TooManyRequests"
	case 500:
		return "InternalError"
	case 501:
		return "NotImplemented"
	case 502:
		return "BadGateway"
	case 503:
		return "ServiceUnavailable"
	case 504:
		return "GatewayTimeout"
	}
	if status >= 500 {
		return "InternalError"
	}
	return "BadRequest"
}

var messages = map[string]string{
	"AccessDenied":       "Access is denied.",
	"BadGateway":         "The backend could not be reached.",
	"BadRequest":         "The request cannot be understood.",
	"GatewayTimeout":     "The backend did not answer in time.",
	"InternalError":      "An internal error happened. Try again.",
	"NoSuchKey":          "There is no object with this key.",
	"NotImplemented":     "This is not implemented.",
	"OperationAborted":   "Another operation on this resource is under way. Try again.",
	"RequestTimeout":     "The request was not read or written in time.",
	"ServiceUnavailable": "The service cannot answer now.",
	"SlowDown":           "Lower your rate of requests.",
	"TooManyRequests":    "Too many requests. Come back later.",
}
