// Package tally counts what clients of a fault server do, from its ledger's rows, while they come. Memory is bounded,
// however many requests there are.
package tally

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"github.com/ratebench/ratebench/internal/record"
)

// Line is what one client did with one operation.
type Line struct {
	Client        string  `json:"client"`
	Op            string  `json:"op"`
	Calls         int     `json:"calls"`
	Attempts      int     `json:"attempts"`
	Retries       int     `json:"retries"`
	Throttled     int     `json:"throttled"`     // 429, or 503 with a throttling fault
	Early         int     `json:"early"`         // arrived before a hint that the client had been given ran out
	Failed        int     `json:"failed"`        // attempts without a good answer
	Amplification float64 `json:"amplification"` // attempts ÷ calls
}

// Tally counts. The zero value is not ready: use New. It is safe for concurrent use.
type Tally struct {
	mu    sync.Mutex
	lines map[[2]string]*Line
	// Calls that may go on: by the client's own number, or by what they are about.
	young, old map[string]bool // value: the last attempt failed
	hints      map[string]hint
}

type hint struct{ received, until float64 }

// The most that is remembered: calls in a generation, and lines.
const (
	mostCalls = 1 << 16
	mostLines = 10_000
)

// New makes an empty tally.
func New() *Tally {
	return &Tally{lines: map[[2]string]*Line{}, young: map[string]bool{}, hints: map[string]hint{}}
}

// Add counts a row that is complete. Rows that are no attempts are ignored.
//
// Attempts of clients that number their calls belong together by that number. Those of others do by client, operation,
// object and part: an attempt after one that failed, in a way that is worth another, is a retry of it.
func (t *Tally) Add(row *record.LedgerRow) {
	if row.Kind != record.LedgerAttempt {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.line(row.Client, row.Op)
	l.Attempts++
	failed := row.Status == 0 || row.Status >= 400
	if failed {
		l.Failed++
	}
	if record.Throttled(row.Status, "") || row.Status == 503 && row.Rule != "" {
		l.Throttled++
	}
	key := row.Client + "|" + row.Op + "|" + row.Bucket + "/" + row.Key + "|" + strconv.Itoa(row.Object) + "|" + strconv.Itoa(row.Part)
	if row.Call != "" {
		key = row.Client + "|#" + row.Call
	}
	lastFailed, known := t.call(key)
	if known && (lastFailed || row.Call != "") {
		l.Retries++
	} else {
		l.Calls++
	}
	t.remember(key, again(row.Status), row.Call != "")
	if t.early(row) {
		l.Early++
	}
	if row.Hint != "" && row.RetryAfterS != nil && row.Status != 0 {
		received := row.TS + row.TookS
		until := received + *row.RetryAfterS
		if row.HintUntilS != nil {
			until = *row.HintUntilS
		}
		if len(t.hints) >= mostCalls {
			clear(t.hints)
		}
		if k := row.Client + "|" + row.Hint; until > t.hints[k].until {
			t.hints[k] = hint{received, until}
		}
	}
}

// again reports whether clients try again after a status.
func again(status int) bool {
	switch status {
	case 0, 408, 409, 425, 429:
		return true
	}
	return status >= 500
}

func (t *Tally) line(client, op string) *Line {
	k := [2]string{client, op}
	l := t.lines[k]
	if l == nil {
		if len(t.lines) >= mostLines {
			k = [2]string{"others", op}
			if l = t.lines[k]; l != nil {
				return l
			}
		}
		l = &Line{Client: k[0], Op: op}
		t.lines[k] = l
	}
	return l
}

func (t *Tally) call(key string) (failed, known bool) {
	if failed, known = t.young[key]; !known {
		failed, known = t.old[key]
	}
	return failed, known
}

// remember keeps calls that may go on.
func (t *Tally) remember(key string, failed, numbered bool) {
	if !failed && !numbered {
		delete(t.young, key)
		delete(t.old, key)
		return
	}
	if len(t.young) >= mostCalls {
		t.old, t.young = t.young, map[string]bool{}
	}
	t.young[key] = failed
}

func (t *Tally) early(row *record.LedgerRow) bool {
	for _, scope := range row.Scopes {
		if h, ok := t.hints[row.Client+"|"+scope]; ok && row.TS >= h.received && row.TS < h.until {
			return true
		}
	}
	return false
}

// Lines returns a copy of all lines, by client and operation.
func (t *Tally) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Line, 0, len(t.lines))
	for _, l := range t.lines {
		c := *l
		if c.Calls > 0 {
			c.Amplification = float64(c.Attempts) / float64(c.Calls)
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Op, b.Op))
	})
	return out
}

// Reset forgets everything.
func (t *Tally) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.lines)
	clear(t.hints)
	t.young, t.old = map[string]bool{}, nil
}
