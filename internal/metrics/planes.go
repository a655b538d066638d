package metrics

import (
	"slices"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
)

// countPlanes fills in what is known of control plane and data plane apart. parts is the number of parts that were brought, and times are
// those of the calls that brought them.
func countPlanes(t *record.Trial, calls []*call, times []timed, in Input, parts int) {
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
	if parts > 0 {
		per := float64(asked) / float64(parts)
		t.ControlCallsPerPart = &per
	}
	t.ControlP50S, t.ControlP99S = ends(took)
	var brought []float64
	for i := range times {
		brought = append(brought, times[i].response)
	}
	t.DataP50S, t.DataP99S = ends(brought)
	t.Tokens = tokens(in.Ledger, in.WarmUpS)
	t.RestartedFiles = restarts(calls, in.WarmUpS)
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

// restarts counts the uploads that were created for files that had one already; nil: none was created.
func restarts(calls []*call, warmUp float64) *int {
	seen := map[objectKey]bool{}
	again := 0
	for _, c := range calls {
		if c.op != ops.UCSCreate || c.object.ordinal == 0 || c.success() == nil {
			continue
		}
		if seen[c.object] && c.success().StartS >= warmUp {
			again++
		}
		seen[c.object] = true
	}
	if len(seen) == 0 {
		return nil
	}
	return &again
}
