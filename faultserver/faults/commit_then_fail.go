package faults

import "fmt"

// CommitThenFail lets the backend do its work and answers with an error. A client that tries again does the work twice;
// one that gives up has stored something it does not know of.
type CommitThenFail struct {
	// Status of the error. Zero: 500.
	Status int `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=HTTP status of the error.,minimum=400,maximum=599,default=500"`
	Answer `yaml:",inline"`
}

// Defaults implements Config.
func (c *CommitThenFail) Defaults() {
	if c.Status == 0 {
		c.Status = 500
	}
	c.Answer.defaults(c.Status, false)
}

// New implements Config.
func (c *CommitThenFail) New(Env) (Fault, error) { return commitThenFail{*c}, c.check() }

type commitThenFail struct{ CommitThenFail }

func (f commitThenFail) Act(x *Exchange) bool {
	x.Note(fmt.Sprintf("commit_then_fail %d", f.Status))
	x.Host.Pass(x.Host.Lost())
	x.Refuse(f, f.Status, f.Answer, 0)
	return true
}

// BodyRead implements Reading.
func (f commitThenFail) BodyRead(size int64) int64 { return size }
