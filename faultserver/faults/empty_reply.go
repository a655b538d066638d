package faults

// EmptyReply closes the connection in order, without a byte of an answer.
type EmptyReply struct {
	Commits `yaml:",inline"`
}

// Defaults implements Config.
func (*EmptyReply) Defaults() {}

// New implements Config.
func (c *EmptyReply) New(Env) (Fault, error) { return emptyReply{c.Commits}, nil }

type emptyReply struct{ Commits }

func (f emptyReply) Act(x *Exchange) bool {
	x.Note("empty_reply")
	f.before(x)
	x.Host.Kill(false)
	return true
}
