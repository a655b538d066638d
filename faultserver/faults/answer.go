package faults

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// Answer is how an attempt is refused. It is part of every fault that refuses.
type Answer struct {
	// S3Code is the error code in the body. Empty: S3's usual one for the status.
	S3Code     string     `yaml:"s3_code,omitempty" json:"s3_code,omitempty" jsonschema:"description=Error code in the body. Default: S3's usual one for the status."`
	RetryAfter RetryAfter `yaml:"retry_after,omitempty" json:"retry_after,omitzero"`
}

// RetryAfter says what the Retry-After header of an answer holds.
type RetryAfter struct {
	// Form is seconds (default where a value is known), http_date or none.
	Form string `yaml:"form,omitempty" json:"form,omitempty" jsonschema:"enum=seconds,enum=http_date,enum=none"`
	// Value is the wait asked for. Zero: what the limit needs to let an attempt pass again, in whole seconds, at least 1 s;
	// under a rule without a limit, zero means no header.
	Value units.Duration `yaml:"value,omitempty" json:"value,omitempty" jsonschema:"description=The wait asked for. Left out: what the limit needs; without a limit no header is sent."`
}

// defaults fills in what was left out. knows: the fault knows how long to wait.
func (a *Answer) defaults(status int, knows bool) {
	a.S3Code = cmp.Or(a.S3Code, DefaultS3Code(status))
	if !knows && a.RetryAfter.Value == 0 {
		a.RetryAfter.Form = cmp.Or(a.RetryAfter.Form, "none")
	}
	a.RetryAfter.Form = cmp.Or(a.RetryAfter.Form, "seconds")
}

// Refuse answers with an error. auto is the wait to ask for if a does not say; 0: none is known.
func (x *Exchange) Refuse(f Fault, status int, a Answer, auto time.Duration) {
	x.hint(f, a.RetryAfter, auto)
	x.fail(status, a.S3Code)
}

// hint sets the Retry-After header.
func (x *Exchange) hint(f Fault, ra RetryAfter, auto time.Duration) {
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
		moment := x.Host.Since(until).Seconds()
		x.Row.HintUntilS = &moment
	}
	x.Row.RetryAfterS = &asked
	x.W.Header().Set("Retry-After", value)
	if h, ok := f.(Hinting); ok {
		if scope := h.HintScope(x); scope != "" {
			x.Row.Hint = x.Rule + "/" + scope
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
func (x *Exchange) fail(status int, code string) {
	x.Host.Save() // the hint, if any
	h := x.W.Header()
	var body []byte
	if strings.HasPrefix(x.Req.Op, "ucs_") {
		h.Set("Content-Type", "application/json")
		body, _ = json.Marshal(map[string]any{ // strings and maps only: cannot fail
			"data": struct{}{}, "description": messages[code], "exception_id": strings.ToLower(code[:1]) + code[1:],
		})
	} else {
		h.Set("Content-Type", "application/xml")
		body, _ = xml.Marshal(s3Error{ // strings only: cannot fail
			Code: code, Message: messages[code], Resource: x.R.URL.Path, RequestID: fmt.Sprintf("%016X", x.Row.Seq),
		})
		body = append([]byte(xml.Header), body...)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.W.WriteHeader(status)
	if x.R.Method != http.MethodHead {
		_, _ = x.W.Write(body) // an error here means that the client has gone
	}
}
