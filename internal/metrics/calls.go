package metrics

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// call is one logical request: its attempts in order.
type call struct {
	name     string
	about    string // the name of all calls about the same
	op       string
	object   objectKey
	attempts []*record.Attempt
}

type objectKey struct{ client, ordinal int }

// inOrder sorts attempts by their beginning; of those that began at once the order is one that does not depend on the rows'.
func inOrder(attempts []record.Attempt) []*record.Attempt {
	sorted := make([]*record.Attempt, len(attempts))
	for i := range attempts {
		sorted[i] = &attempts[i]
	}
	slices.SortStableFunc(sorted, func(a, b *record.Attempt) int {
		return cmp.Or(cmp.Compare(a.StartS, b.StartS), cmp.Compare(a.Client, b.Client), cmp.Compare(a.Call, b.Call),
			cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.TookS, b.TookS), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}

// callsOf sorts attempts into calls, in the order in which the calls began. The attempts are in order.
func callsOf(attempts []*record.Attempt) []*call {
	type key struct {
		client int
		name   string
	}
	byName := map[key]*call{}
	var calls []*call
	for _, a := range attempts {
		c := byName[key{a.Client, a.Call}]
		if c == nil {
			op, object, _ := record.ParseCall(a.Call)
			about, _ := record.CutNth(a.Call)
			c = &call{name: a.Call, about: about, op: op, object: objectKey{a.Client, object}}
			byName[key{a.Client, a.Call}] = c
			calls = append(calls, c)
		}
		c.attempts = append(c.attempts, a)
	}
	for _, c := range calls {
		slices.SortStableFunc(c.attempts, func(a, b *record.Attempt) int {
			return cmp.Or(cmp.Compare(a.Attempt, b.Attempt), cmp.Compare(a.StartS, b.StartS))
		})
	}
	slices.SortStableFunc(calls, func(a, b *call) int { return cmp.Compare(a.attempts[0].StartS, b.attempts[0].StartS) })
	return calls
}

// CarriesBody reports whether an operation brings content of an object.
func CarriesBody(op string) bool { return op == ops.UploadPart || op == ops.PutObject }

func (c *call) carriesBody() bool { return CarriesBody(c.op) }

// Brings reports whether an operation brings content of an object, in either direction.
func Brings(op string) bool { return CarriesBody(op) || op == ops.GetObject }

// download reports whether the call's content comes in the answer.
func (c *call) download() bool { return c.op == ops.GetObject }

// success returns the first attempt that succeeded, or nil.
func (c *call) success() *record.Attempt {
	for _, a := range c.attempts {
		if succeeded(a) {
			return a
		}
	}
	return nil
}

// end is the attempt that the call ended in: the last, unless it was still under way when another succeeded, as with a hedge.
func (c *call) end() *record.Attempt {
	last := c.attempts[len(c.attempts)-1]
	if succeeded(last) {
		return last
	}
	for _, a := range c.attempts {
		if succeeded(a) && (last.Error == canceled || a.StartS+a.TookS > last.StartS) {
			return a
		}
	}
	return last
}

// canceled is the error of an attempt that the client called off.
const canceled = "canceled"

// calledOff reports whether the client itself gave a call up that had not failed, such as a part when another had. A call
// that is all there is of its object cannot have been: there its object knows.
func (c *call) calledOff(o record.Object) bool {
	return c.end().Error == canceled && !(o.Single && o.Failed)
}

// absent reports whether the answer is that there is no such object, to somebody who asked whether there is.
func absent(a *record.Attempt) bool {
	return a.Status == 404 && (a.Op == "head_object" || a.Op == "head_bucket" || a.Op == "list_objects")
}

// fate is what became of a call.
type fate int

const (
	passed  fate = iota
	failed       // its contestant gave up
	stopped      // by the end of the trial, or by the client itself: nobody's failure
)

// fateOf returns what became of a call; known: its object is.
func (c *call) fateOf(o record.Object, known bool) fate {
	end := c.end()
	switch {
	case known && cutOff(o) && (o.Single || !succeeded(end)):
		return stopped
	case !succeeded(end) && !absent(end), o.Single && o.Failed: // the latter: its answer broke off
		// An object that is there was completed all the same: the answer to an earlier attempt was lost, and S3 knows
		// nothing of a finished upload any more.
		if completed := o.Verified && strings.Contains(c.attempts[0].Op, "complete"); completed || c.calledOff(o) {
			return stopped
		}
		return failed
	}
	return passed
}

// counted returns how many of the call's attempts count, and when the first of them began.
func (c *call) counted(warmUp float64) (n int, first float64) {
	first = math.Inf(1)
	for _, a := range c.attempts {
		if a.StartS >= warmUp {
			n++
			first = min(first, a.StartS)
		}
	}
	return n, first
}

// countCall counts a call that took n attempts.
func countCall(t *record.Trial, f fate, n int) {
	t.Calls++
	switch {
	case f == stopped:
	case f == failed:
		t.FailedCalls++
	case n == 1:
		t.Calls1++
	case n == 2:
		t.Calls2++
	case n == 3:
		t.Calls3++
	default:
		t.Calls4Plus++
	}
}
