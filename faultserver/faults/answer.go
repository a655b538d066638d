package faults

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// Answer is how an attempt is refused. It is part of every fault that refuses.
type Answer struct {
	// S3Code is the error code in the body; at GHGA's services the exception id, with a small letter first. Empty: the usual one
	// of the service for the status, if it has one.
	S3Code string `yaml:"s3_code,omitempty" json:"s3_code,omitempty" jsonschema:"description=Error code in the body; of GHGA's services the exception id. Default: what the service usually says with the status."`
	// Body is its form. Empty: what the service speaks: xml for S3, json for GHGA (html with statuses that its services never
	// give), plain for anything else.
	Body string `yaml:"body,omitempty" json:"body,omitempty" jsonschema:"description=Form of the body. Left out: what the service speaks. html is the page of a load balancer.,enum=xml,enum=json,enum=html,enum=plain,enum=empty"`
	// Send is before_body (default) or after_body: the request's body is read before the answer goes out.
	Send string `yaml:"send,omitempty" json:"send,omitempty" jsonschema:"description=Before or after the request's body is read.,enum=before_body,enum=after_body,default=before_body"`
	// Close ends the connection after the answer, and says so.
	Close      bool       `yaml:"close,omitempty" json:"close,omitempty" jsonschema:"description=The connection is closed after the answer."`
	RetryAfter RetryAfter `yaml:"retry_after,omitempty" json:"retry_after,omitzero" jsonschema:"description=The hint when to come back."`
	// RateLimit lists the families of rate-limit headers to send: draft and legacy.
	RateLimit []string `yaml:"rate_limit,omitempty" json:"rate_limit,omitempty" jsonschema:"description=Rate-limit headers to send as well and with a limit in every answer: draft (RateLimit and RateLimit-Policy of the IETF's draft) or legacy (X-RateLimit-*).,enum=draft,enum=legacy"`

	usual string // S3's code where none is set; empty: DefaultS3Code
}

// defaults fills in what was left out. knows: the fault knows how long to wait.
func (a *Answer) defaults(status int, knows bool) {
	a.usual = cmp.Or(a.usual, DefaultS3Code(status))
	a.Send = cmp.Or(a.Send, "before_body")
	if !knows && a.RetryAfter.Value == 0 {
		a.RetryAfter.Form = cmp.Or(a.RetryAfter.Form, formNone)
	}
	a.RetryAfter.Form = cmp.Or(a.RetryAfter.Form, formSeconds)
}

// check finds what cannot be sent.
func (a *Answer) check() error { return a.RetryAfter.check() }

// Hints reports whether the answer holds a hint when to come back.
func (a Answer) Hints() bool { return a.RetryAfter.Form != formNone }

// Refuse answers with an error. auto is the wait to ask for if a does not say; 0: none is known. A quota, where there is
// one, goes into the rate-limit headers.
func (x *Exchange) Refuse(f Fault, status int, a Answer, auto time.Duration, q ...Quota) {
	h := x.W.Header()
	x.hint(f, a.RetryAfter, auto)
	for _, quota := range q {
		quota.set(h, a.RateLimit)
	}
	if a.Close {
		h.Set("Connection", "close")
	}
	if a.Send == "after_body" {
		x.ReadBody()
	}
	x.Host.Save() // the hint, if any
	kind, body := a.body(x, status)
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.W.WriteHeader(status)
	if x.R.Method != http.MethodHead {
		_, _ = x.W.Write(body) // an error here means that the client has gone
	}
}

// Quota is what rate-limit headers tell.
type Quota struct {
	Limit, Remaining int
	// Reset is the time until Remaining is Limit again, Window the time that Limit is for; 0: not known.
	Reset, Window time.Duration
	Unit          string // as the draft has it; empty: requests
}

// set writes headers: draft-ietf-httpapi-ratelimit-headers-11 for draft, what GitHub and many others send for legacy.
func (q Quota) set(h http.Header, families []string) {
	seconds := func(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
	if slices.Contains(families, "draft") {
		policy := fmt.Sprintf(`"default";q=%d`, q.Limit)
		if q.Window > 0 {
			policy += fmt.Sprintf(";w=%d", seconds(q.Window))
		}
		if q.Unit != "" {
			policy += fmt.Sprintf(";qu=%q", q.Unit)
		}
		h.Set("RateLimit-Policy", policy)
		h.Set("RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, q.Remaining, seconds(q.Reset)))
	}
	if slices.Contains(families, "legacy") {
		h.Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(q.Remaining))
		h.Set("X-RateLimit-Reset", strconv.Itoa(seconds(q.Reset)))
	}
}

// xmlError is S3's body without the declaration.
func (a *Answer) xmlError(x *Exchange, status int) []byte {
	var b bytes.Buffer // element by element, which takes a tenth of xml.Marshal's time; a buffer cannot fail
	b.WriteString("<Error>")
	for _, e := range [...][2]string{
		{"Code", a.code(status)}, {"Message", textOf(a.code(status))}, {"Resource", x.R.URL.Path}, {"RequestId", fmt.Sprintf("%016X", x.Row.Seq)},
	} {
		b.WriteString("<" + e[0] + ">")
		_ = xml.EscapeText(&b, []byte(e[1]))
		b.WriteString("</" + e[0] + ">")
	}
	b.WriteString("</Error>")
	return b.Bytes()
}

// code is S3's error code.
func (a *Answer) code(status int) string { return cmp.Or(a.S3Code, a.usual, DefaultS3Code(status)) }

// body makes the body and says of which type it is.
func (a *Answer) body(x *Exchange, status int) (kind string, body []byte) {
	control := ops.Control(x.Req.Op)
	var own any // what a service of GHGA's says by itself
	if control && a.S3Code == "" {
		own = ghgaRefusal(x.Req, status)
	}
	form := a.Body
	if form == "" {
		switch {
		case control && a.S3Code == "" && own == nil:
			form = "html"
		case control:
			form = "json"
		case x.Req.Op == ops.HTTP:
			form = "plain"
		}
	}
	switch form {
	case "json":
		if own == nil {
			own = a.exception(x.Req, status)
		}
		body, _ = json.Marshal(own) // strings, numbers, lists and maps of them: cannot fail
		return "application/json", body
	case "html":
		title := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
		return "text/html", fmt.Appendf(nil, "<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n</body>\r\n</html>\r\n", title)
	case "plain":
		return "text/plain; charset=utf-8", fmt.Appendf(nil, "%d %s\n", status, http.StatusText(status))
	case "empty":
		return "", nil
	}
	return "application/xml", append([]byte(xml.Header), a.xmlError(x, status)...)
}

// exception is an error of GHGA's with the code as its id.
func (a *Answer) exception(req ops.Request, status int) exception {
	code := a.code(status)
	id := exceptionID(code)
	if _, known := exceptions[id]; known && ops.Control(req.Op) {
		return newException(id, req)
	}
	return exception{Data: map[string]any{}, Description: textOf(code), ExceptionID: id}
}

// textOf is what people read beside a code.
func textOf(code string) string { return cmp.Or(messages[code], exceptions[exceptionID(code)].text) }
