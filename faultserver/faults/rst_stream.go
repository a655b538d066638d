package faults

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
