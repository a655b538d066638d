package metrics

import (
	"slices"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// countPlanes fills in what is known of control plane and data plane apart. delivered is how many of the bytes that were moved became part of
// verified objects, and response is of the calls that brought parts.
func countPlanes(t *record.Trial, calls []*call, response *lengths, in Input, delivered float64) {
	if !slices.ContainsFunc(calls, func(c *call) bool { return ops.Control(c.op) }) {
		return
	}
	var asked, attempts int
	var took []float64
	for _, c := range calls {
		n, _ := c.counted(in.WarmUpS)
		if n == 0 || !ops.Control(c.op) {
			continue
		}
		asked++
		attempts += n
		if ok := c.success(); ok != nil && c.first() >= in.WarmUpS {
			took = append(took, c.timedPart(ok).response)
		}
	}
	data := t.Attempts - attempts
	t.ControlCalls, t.ControlAttempts, t.DataAttempts = &asked, &attempts, &data
	parts, moved := brought(calls, in.WarmUpS)
	if parts > 0 {
		per := float64(asked) / float64(parts)
		t.ControlCallsPerPart = &per
	}
	discarded := max(0, moved-int64(delivered+0.5))
	t.DiscardedBytes = &discarded
	t.ControlP50S, t.ControlP99S = ends(took)
	if response.n > 0 {
		p50, p99 := t.P50S, t.P99S
		t.DataP50S, t.DataP99S = &p50, &p99
	}
	t.Tokens = tokens(in.Ledger, in.WarmUpS)
	t.RestartedFiles = restarts(in.Ledger, in.WarmUpS)
}

// brought counts the parts and ranges that came to their end, whatever became of their files, and the bytes that all attempts at them moved.
func brought(calls []*call, warmUp float64) (parts int, moved int64) {
	for _, c := range calls {
		if !Brings(c.op) {
			continue
		}
		for _, a := range c.attempts {
			if a.StartS >= warmUp {
				moved += a.Bytes + received(a)
			}
		}
		whole := c.success()
		if c.download() {
			whole = c.wholeRange()
		}
		if whole != nil && whole.StartS >= warmUp {
			parts++
		}
	}
	return parts, moved
}

// ends are the median and the 99th percentile; nil: there is nothing.
func ends(v []float64) (p50, p99 *float64) {
	if len(v) == 0 {
		return nil, nil
	}
	slices.Sort(v)
	mid, most := Percentile(v, 50), Percentile(v, 99)
	return &mid, &most
}

// tokens counts the work order tokens that were made, whether or not they reached who had asked for them; nil: nobody asked for any.
func tokens(ledger []record.LedgerRow, warmUp float64) *int {
	asked, made := false, 0
	for i := range ledger {
		r := &ledger[i]
		if r.Kind != record.LedgerAttempt || r.Op != ops.WPSToken {
			continue
		}
		asked = true
		if r.Committed && r.TS >= warmUp {
			made++
		}
	}
	if !asked {
		return nil
	}
	return &made
}

// restarts counts the uploads that were created for files that had one already, by the server's own word: a creation that was asked for again
// since its answer was lost, and that was refused, is none. Nil: none was created.
func restarts(ledger []record.LedgerRow, warmUp float64) *int {
	type created struct{ before, counted int } // in the warm-up, and after it
	files := map[int]*created{}
	for i := range ledger {
		r := &ledger[i]
		if r.Kind != record.LedgerAttempt || r.Op != ops.UCSCreate || !r.Committed || r.Object == 0 {
			continue
		}
		f := files[r.Object]
		if f == nil {
			f = &created{}
			files[r.Object] = f
		}
		if r.TS >= warmUp {
			f.counted++
		} else {
			f.before++
		}
	}
	if len(files) == 0 {
		return nil
	}
	again := 0
	for _, f := range files {
		if f.before == 0 {
			f.counted-- // the first
		}
		again += f.counted
	}
	return &again
}
