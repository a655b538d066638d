package faults

import "github.com/ratebench/ratebench/faultserver/ops"

// MalformedChunk answers 200 with a chunked body that breaks off in nonsense.
type MalformedChunk struct {
	Commits `yaml:",inline"`
}

// Defaults implements Config.
func (*MalformedChunk) Defaults() {}

// New implements Config.
func (c *MalformedChunk) New(Env) (Fault, error) { return malformedChunk{c.Commits}, nil }

type malformedChunk struct{ Commits }

func (f malformedChunk) Act(x *Exchange) bool {
	x.Note("malformed_chunk")
	f.before(x)
	kind, start := "application/xml", "<?xml"
	if ops.Control(x.Req.Op) {
		kind, start = "application/json", `{"id"`
	}
	x.Host.Raw(200, []byte("HTTP/1.1 200 OK\r\nContent-Type: "+kind+"\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"5\r\n"+start+"\r\nno chunk begins like this\r\n"))
	return true
}
