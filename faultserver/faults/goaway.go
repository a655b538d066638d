package faults

import (
	"net/http"

	"golang.org/x/net/http2"
)

// codes are HTTP/2's error codes by the names of RFC 9113, section 7.
var codes = map[string]http2.ErrCode{
	"no_error": http2.ErrCodeNo, "protocol_error": http2.ErrCodeProtocol, "internal_error": http2.ErrCodeInternal,
	"flow_control_error": http2.ErrCodeFlowControl, "refused_stream": http2.ErrCodeRefusedStream, "cancel": http2.ErrCodeCancel,
	"enhance_your_calm": http2.ErrCodeEnhanceYourCalm, "inadequate_security": http2.ErrCodeInadequateSecurity,
	"http_1_1_required": http2.ErrCodeHTTP11Required,
}

// GoAway ends an HTTP/2 connection in order: streams that are open are served, new ones go elsewhere. Other protocols pass.
type GoAway struct {
	// AfterRequests on the connection. Zero: 1.
	AfterRequests int `yaml:"after_requests,omitempty" json:"after_requests,omitempty" jsonschema:"description=Requests on the connection before.,default=1,minimum=1"`
	// Code is the error code. Empty: no_error.
	Code string `yaml:"code,omitempty" json:"code,omitempty" jsonschema:"description=Error code by RFC 9113.,enum=no_error,enum=protocol_error,enum=internal_error,enum=enhance_your_calm,enum=inadequate_security,enum=http_1_1_required,default=no_error"`
}

// Defaults implements Config.
func (c *GoAway) Defaults() {
	def(&c.AfterRequests, 1)
	def(&c.Code, "no_error")
}

// New implements Config.
func (c *GoAway) New(Env) (Fault, error) { return goAway{*c}, nil }

type goAway struct{ GoAway }

func (f goAway) Act(x *Exchange) bool {
	if x.R.ProtoMajor != 2 || x.Conn == nil || x.Conn.Requests() < f.AfterRequests {
		return false
	}
	x.Note("goaway")
	x.Conn.GoAway(uint32(codes[f.Code]))
	x.changeHeader(func(_ int, h http.Header) { h.Set("Connection", "close") })
	return false
}
