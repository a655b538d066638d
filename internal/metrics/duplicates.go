package metrics

import "github.com/ratebench/ratebench/internal/record"

// duplicates counts what was carried out again although it was to be carried out once. It remembers every call of that kind
// that was carried out. The zero value is ready.
type duplicates struct {
	asked bool // there was such a call
	done  map[int]bool
	again int
}

// row takes a row of the ledger. A call counts where it is carried out again after the warm-up.
func (d *duplicates) row(r *record.LedgerRow, warmUp float64) {
	if !r.Once || r.Kind != record.LedgerAttempt {
		return
	}
	d.asked = true
	switch {
	case !r.Committed:
	case !d.done[r.Object]:
		if d.done == nil {
			d.done = map[int]bool{}
		}
		d.done[r.Object] = true
	case r.TS >= warmUp:
		d.again++
	}
}

// result is nil if there was no such call.
func (d *duplicates) result() *int {
	if !d.asked {
		return nil
	}
	return &d.again
}
