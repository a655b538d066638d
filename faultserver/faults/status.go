package faults

import "fmt"

// Status answers with an HTTP status and an error body, by default before the request's body is read.
type Status struct {
	Code   int `yaml:"code" json:"code" jsonschema:"description=HTTP status from 400 to 599.,minimum=400,maximum=599"`
	Answer `yaml:",inline"`
}

// Defaults implements Config.
func (c *Status) Defaults() { c.Answer.defaults(c.Code, false) }

// New implements Config.
func (c *Status) New(Env) (Fault, error) {
	if c.Code < 400 || c.Code > 599 {
		return nil, Wrong("code", "%d is no error status (400 to 599)", c.Code)
	}
	return status{*c}, c.check()
}

type status struct{ Status }

var _ Hinting = status{} // a value: what it embeds must not need a pointer

func (f status) Act(x *Exchange) bool {
	x.Note(fmt.Sprintf("status %d", f.Code))
	x.Refuse(f, f.Code, f.Answer, 0)
	return true
}

// HintScope implements Hinting: the fault hits one request by its identity, so its hint is for that request alone.
func (f status) HintScope(x *Exchange) string {
	return fmt.Sprintf("%s.%d.%d", x.Req.Op, x.Row.Object, x.Req.Part)
}

// BodyRead implements Reading.
func (f status) BodyRead(size int64) int64 {
	if f.Send == "after_body" {
		return size
	}
	return 0
}
