package metrics

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/record"
)

// call is one logical request: its attempts in order.
type call struct {
	op       string
	object   objectKey
	attempts []*record.Attempt
}

type objectKey struct{ client, ordinal int }

// callsOf sorts attempts into calls, in the order in which the calls began.
func callsOf(attempts []record.Attempt) []*call {
	type key struct {
		client int
		name   string
	}
	byName := map[key]*call{}
	var calls []*call
	for i := range attempts {
		a := &attempts[i]
		c := byName[key{a.Client, a.Call}]
		if c == nil {
			op, object, _ := record.ParseCall(a.Call)
			c = &call{op: op, object: objectKey{a.Client, object}}
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

// carriesBody reports whether the call's op brings content of an object.
func (c *call) carriesBody() bool { return c.op == "upload_part" || c.op == "put_object" }

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

// countCalls fills in what is counted call by call.
func countCalls(t *record.Trial, calls []*call, objects map[objectKey]record.Object, warmUp float64) {
	var took []float64
	for _, c := range calls {
		n := 0
		for _, a := range c.attempts {
			if a.StartS >= warmUp {
				n++
			}
		}
		if n == 0 {
			continue
		}
		t.Calls++
		o, known := objects[c.object]
		// One that the trial's end cut off is nobody's failure.
		cutOff := known && !o.Failed && !o.Verified && o.Problem == ""
		end := c.end()
		switch {
		case cutOff && (o.Single || !succeeded(end)):
		case !succeeded(end) && !absent(end), o.Single && o.Failed: // the latter: its answer broke off
			// An object that is there was completed all the same: the answer to an earlier attempt was lost, and S3 knows
			// nothing of a finished upload any more.
			completed := o.Verified && strings.Contains(c.attempts[0].Op, "complete")
			if !completed && !c.calledOff(o) {
				t.FailedCalls++
			}
		case n == 1:
			t.Calls1++
		case n == 2:
			t.Calls2++
		case n == 3:
			t.Calls3++
		default:
			t.Calls4Plus++
		}
		first := c.attempts[0].StartS
		if ok := c.success(); ok != nil && c.carriesBody() && !objects[c.object].Single && first >= warmUp {
			took = append(took, ok.StartS+ok.TookS-first)
		}
	}
	for _, o := range objects {
		if o.Single && o.Verified && o.StartS >= warmUp {
			took = append(took, o.EndS-o.StartS)
		}
	}
	t.Retries = t.Attempts - t.Calls
	if t.Calls > 0 {
		t.Amplification = float64(t.Attempts) / float64(t.Calls)
	}
	slices.Sort(took)
	t.P50S, t.P95S, t.P99S = Percentile(took, 50), Percentile(took, 95), Percentile(took, 99)
}
