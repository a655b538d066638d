package faultserver

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// statusFault answers with an error before the body is read.
type statusFault struct{ Status }

func (f statusFault) act(x *exchange) bool {
	x.note(fmt.Sprintf("status %d", f.Code))
	x.hint(f.RetryAfter, 0)
	x.fail(f.Code, f.S3Code)
	return true
}

// A status fault hits one request by its identity, so its hint is for that request alone.
func (f statusFault) scopeOf(x *exchange) string {
	if f.RetryAfter.Form == "none" || f.RetryAfter.Value == 0 {
		return ""
	}
	return fmt.Sprintf("%s.%d.%d", x.id.op, x.id.object, x.id.part)
}

// hint sets the Retry-After header. auto is the wait to ask for if the rule does not say.
func (x *exchange) hint(ra RetryAfter, auto time.Duration) {
	d := ra.Value.D()
	if d == 0 {
		d = auto
	}
	if d == 0 || ra.Form == "none" {
		return
	}
	// Both forms know whole seconds only; a client must not be told to come back too soon.
	asked := float64((d + time.Second - 1) / time.Second)
	value := strconv.FormatFloat(asked, 'f', 0, 64)
	if ra.Form == "http_date" {
		now := time.Now()
		until := now.Add(d + time.Second - 1).Truncate(time.Second)
		value = until.UTC().Format(http.TimeFormat)
		asked = until.Sub(now).Seconds()
		moment := x.srv.sinceStart(until).Seconds()
		x.row.HintUntilS = &moment
	}
	x.row.RetryAfterS = &asked
	x.w.Header().Set("Retry-After", value)
	if h, ok := x.rule.fault.(hinting); ok {
		if scope := h.scopeOf(x); scope != "" {
			x.row.Hint = x.rule.Name + "/" + scope
		}
	}
}

// s3Error is the body of an S3 error answer.
type s3Error struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Resource  string
	RequestID string `xml:"RequestId"`
}

// fail answers with an error status and the body the protocol asks for: S3's XML, or JSON as GHGA's services send.
func (x *exchange) fail(status int, code string) {
	if code == "" {
		code = DefaultS3Code(status)
	}
	x.save() // the hint, if any
	h := x.w.Header()
	var body []byte
	if strings.HasPrefix(x.req.Op, "ucs_") {
		h.Set("Content-Type", "application/json")
		body, _ = json.Marshal(map[string]any{ // strings and maps only: cannot fail
			"data": struct{}{}, "description": messages[code], "exception_id": strings.ToLower(code[:1]) + code[1:],
		})
	} else {
		h.Set("Content-Type", "application/xml")
		body, _ = xml.Marshal(s3Error{ // strings only: cannot fail
			Code: code, Message: messages[code], Resource: x.r.URL.Path, RequestID: fmt.Sprintf("%016X", x.row.Seq),
		})
		body = append([]byte(xml.Header), body...)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		_, _ = x.w.Write(body) // an error here means that the client has gone
	}
}

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
