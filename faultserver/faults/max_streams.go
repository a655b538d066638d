package faults

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
