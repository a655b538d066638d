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

// RSTStream resets an HTTP/2 stream before the request is handled; the connection goes on. Other protocols pass.
type RSTStream struct {
	// Code is the error code. Empty: refused_stream, which says that nothing was done and it may be tried again.
	Code string `yaml:"code,omitempty" json:"code,omitempty" jsonschema:"description=Error code by RFC 9113.,enum=no_error,enum=protocol_error,enum=internal_error,enum=flow_control_error,enum=refused_stream,enum=cancel,enum=enhance_your_calm,default=refused_stream"`
}

// Defaults implements Config.
func (c *RSTStream) Defaults() { def(&c.Code, "refused_stream") }

// New implements Config.
func (c *RSTStream) New(Env) (Fault, error) { return rstStream{*c}, nil }

type rstStream struct{ RSTStream }

func (f rstStream) Act(x *Exchange) bool {
	if x.R.ProtoMajor != 2 || x.Conn == nil {
		return false
	}
	x.Note("rst_stream " + f.Code)
	x.Conn.ResetStream(uint32(codes[f.Code]))
	x.Host.Kill(false) // over HTTP/2 only the stream ends
	return true
}

// BodyRead implements Reading.
func (rstStream) BodyRead(int64) int64 { return 0 }

// MaxStreams is how many requests an HTTP/2 client may have under way on a connection, as the server's SETTINGS say. It
// holds from the start of the server, whatever the rule's schedule says.
type MaxStreams struct {
	N int `yaml:"n" json:"n" jsonschema:"description=Requests under way on a connection.,minimum=1,maximum=100000"`
}

// Defaults implements Config.
func (*MaxStreams) Defaults() {}

// New implements Config.
func (c *MaxStreams) New(Env) (Fault, error) {
	if c.N < 1 {
		return nil, Wrong("n", "must be at least 1")
	}
	return &maxStreams{*c}, nil
}

type maxStreams struct{ MaxStreams }

// Act notes attempts over HTTP/2, which go on.
func (f *maxStreams) Act(x *Exchange) bool {
	if x.R.ProtoMajor == 2 {
		x.Note("max_streams")
	}
	return false
}

// Streams is the number.
func (f *maxStreams) Streams() uint32 { return uint32(f.N) }
