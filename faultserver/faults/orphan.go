package faults

import "net/http"

// Orphan lets the backend do the work twice, and the client hears of the second time only. Of a create_upload one upload
// stays behind that nobody knows, as after an answer that was lost. Requests with a body pass as they are: theirs is gone
// after the first time.
type Orphan struct{}

// Defaults implements Config.
func (*Orphan) Defaults() {}

// New implements Config.
func (*Orphan) New(Env) (Fault, error) { return orphan{}, nil }

type orphan struct{}

func (orphan) Act(x *Exchange) bool {
	if x.R.ContentLength != 0 && x.R.Body != http.NoBody {
		return false
	}
	x.Note("orphan")
	first := x.R
	x.R = first.Clone(first.Context()) // a backend may change the header
	x.Host.Pass(x.Host.Lost())
	x.R = first
	return false
}
