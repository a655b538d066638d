package metrics

import (
	"fmt"
	"sync"

	"github.com/ratebench/ratebench/internal/record"
)

// Aggregate computes the numbers of a trial while it happens and keeps no record of any attempt: its memory grows with the
// trial's seconds only. The numbers are those of Trial, but percentiles come from a histogram and are right to three
// digits, and the timeline's bins have the wide width. It is safe for concurrent use.
type Aggregate struct {
	warmUp float64

	mu       sync.Mutex
	t        record.Trial
	sent     int64
	bytes    float64
	ticks    []record.Tick
	took     histogram
	lastByte float64
	windows  []record.LedgerRow
	to       float64          // the end of the last window
	hint     record.LedgerRow // the one that ran out last of those given in the windows
	bad      string           // the first object that is not as it was sent
	twice    duplicates
}

// NewAggregate begins a trial; warmUp is in seconds.
func NewAggregate(warmUp float64) *Aggregate {
	return &Aggregate{warmUp: warmUp}
}

// tick returns the bin of a time, made if there was none; the caller holds mu.
func (g *Aggregate) grow(to float64) grid {
	n := min(int(to/record.WideBinS+1e-9)+1, maxBins)
	for len(g.ticks) < n {
		g.ticks = append(g.ticks, record.Tick{TS: float64(len(g.ticks)) * record.WideBinS})
	}
	return grid{record.WideBinS, len(g.ticks)}
}

// Attempt takes an attempt that has ended.
func (g *Aggregate) Attempt(a *record.Attempt) {
	g.mu.Lock()
	defer g.mu.Unlock()
	end := a.StartS + a.TookS
	bins := g.grow(end)
	g.ticks[bins.at(a.StartS)].Attempts++
	countEnd(&g.ticks[bins.at(end)], a)
	bins.spread(a.StartS, end, func(i int, share float64) {
		g.ticks[i].InFlight += share * a.TookS / record.WideBinS
	})
	if a.StartS < g.warmUp {
		return
	}
	g.t.Attempts++
	g.sent += a.Bytes
	if !succeeded(a) {
		g.t.WastedBytes += a.Bytes
	}
	if a.Throttled() {
		g.t.Throttled++
	}
	if a.Early {
		g.t.Early++
	}
}

// Call is a call that has ended, and with it the object that it brought.
type Call struct {
	Object record.Object
	// Attempts are those that began after the warm-up.
	Attempts int
	// OKStartS and OKEndS are the attempt that succeeded, if Succeeded.
	OKStartS, OKEndS float64
	Succeeded        bool
}

// Call takes a call that has ended.
func (g *Aggregate) Call(c Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := &c.Object
	g.t.Objects++
	if o.Failed {
		g.t.FailedObjects++
	}
	if !o.Failed && !o.Verified && o.Problem != "" && g.bad == "" {
		g.bad = fmt.Sprintf("object %d of client %d: %s", o.Ordinal, o.Client, o.Problem)
	}
	if o.Verified && c.Succeeded {
		end := max(c.OKEndS, o.EndS) // the answer's body comes after its headers
		bins := g.grow(end)
		bins.spread(c.OKStartS, end, func(i int, share float64) {
			g.ticks[i].GoodputMiBs += share * float64(o.Size) / mib / record.WideBinS
		})
		g.lastByte = max(g.lastByte, end)
		if c.OKStartS >= g.warmUp {
			g.bytes += float64(o.Size)
		}
	}
	if c.Attempts == 0 {
		return
	}
	g.t.Calls++
	switch {
	case !o.Failed && !o.Verified && o.Problem == "": // cut off
	case o.Failed || !c.Succeeded:
		g.t.FailedCalls++
	case c.Attempts == 1:
		g.t.Calls1++
	case c.Attempts == 2:
		g.t.Calls2++
	case c.Attempts == 3:
		g.t.Calls3++
	default:
		g.t.Calls4Plus++
	}
	if o.Verified && o.StartS >= g.warmUp {
		g.took.add(o.EndS - o.StartS)
	}
}

// Ledger takes a row of the server's: windows of trouble, hints, and what was carried out that is to be carried out once.
func (g *Aggregate) Ledger(r *record.LedgerRow) {
	if r.Once {
		g.mu.Lock()
		g.twice.row(r, g.warmUp)
		g.mu.Unlock()
	}
	if r.Kind != record.LedgerWindow && r.RetryAfterS == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Kind == record.LedgerWindow {
		g.windows = append(g.windows, *r)
		g.to = max(g.to, r.EndS)
		return
	}
	until := func(r *record.LedgerRow) float64 { return r.TS + r.TookS + *r.RetryAfterS }
	if r.TS <= g.to && (g.hint.RetryAfterS == nil || until(r) > until(&g.hint)) {
		g.hint = *r
	}
}

// Trial computes the trial's row and its timeline. Of in, attempts, objects and ledger are left out. windows are the
// ledger's rows that are worth keeping.
func (g *Aggregate) Trial(in Input) (t record.Trial, ticks []record.Tick, windows []record.LedgerRow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	row := newRow(in)
	t = g.t
	t.Trial, t.Contestant, t.PartSize, t.Concurrency, t.Repeat, t.Seed = row.Trial, row.Contestant, row.PartSize, row.Concurrency, row.Repeat, row.Seed
	t.BoundMiBs, t.TransportReplays, t.Status, t.Verified, t.WallS = row.BoundMiBs, row.TransportReplays, row.Status, row.Verified, row.WallS
	t.Duplicates, t.TimedOut = g.twice.result(), row.TimedOut
	t.Retries = t.Attempts - t.Calls
	if t.Calls > 0 {
		t.Amplification = float64(t.Attempts) / float64(t.Calls)
	}
	t.Bytes = int64(g.bytes + 0.5)
	if t.WallS > 0 {
		t.GoodputMiBs = g.bytes / mib / t.WallS
		t.ThroughputMiBs = float64(g.sent) / mib / t.WallS
	}
	t.P50S, t.P95S, t.P99S = g.took.at(50), g.took.at(95), g.took.at(99)
	for i := range g.ticks {
		g.ticks[i].Trial = in.Trial
	}
	ledger := g.windows
	if g.hint.RetryAfterS != nil {
		ledger = append(ledger[:len(ledger):len(ledger)], g.hint)
	}
	t.RecoveryS, t.RecoveryCensored = Recovery(g.ticks, ledger, in.WarmUpS, g.lastByte, in.WallS)
	if g.bad != "" {
		t.Verified, t.Status, t.Problem = false, record.TrialFailed, g.bad
	}
	judge(&t, in)
	return t, g.ticks, g.windows
}
