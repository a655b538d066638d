package faults

// Commits is part of faults that send no proper answer.
type Commits struct {
	// Commit: the backend does the work first. False: it never sees the request.
	Commit bool `yaml:"commit,omitempty" json:"commit,omitempty" jsonschema:"description=The backend does the work first. Left out: it never sees the request."`
}

// before does the work, or reads the request's body, since a connection that is closed with something unread is reset.
func (c Commits) before(x *Exchange) {
	if c.Commit {
		x.Host.Pass(x.Host.Lost())
	}
	x.ReadBody()
}

// BodyRead implements Reading.
func (Commits) BodyRead(size int64) int64 { return size }
