package metrics

import (
	"fmt"
	"math"
	"sync"

	"github.com/ratebench/ratebench/internal/record"
)

// Aggregate computes the numbers of a trial while it happens and keeps no record of any attempt: its memory grows with the
// trial's seconds and its clients only. The numbers are those of Of, but percentiles come from a histogram and are right to three
// digits, and the timeline's bins have the wide width; some are not known (docs/metrics.md). It is safe for concurrent use.
type Aggregate struct {
	warmUp float64

	mu       sync.Mutex
	t        record.Trial
	sent     int64
	bytes    float64
	ticks    []record.Tick
	ends     Ends
	windows  []record.LedgerRow
	from, to float64          // the beginning of the first window and the end of the last
	hint     record.LedgerRow // the one that ran out last of those given in the windows
	bad      string           // the first object that is not as it was sent
	twice    duplicates
	clients  *shares
	phases   *phases
	by       ratios
	herd     herds
	up       float64 // verified bytes of requests' bodies
	wrong    int     // retries
	cutOff   int     // calls
	open     int     // objects that were cut off

	response, busy, service, earlyBy histogram
	waited, worked                   histogram // response and busy times of calls that were cut off, until then
	earlyMax                         float64
	// Sums are in nanoseconds, so that they do not depend on the order.
	wasted, limiter, server, backoff int64
}

// NewAggregate begins a trial of so many clients; warmUp is in seconds.
func NewAggregate(warmUp float64, list []record.Phase, clients int) *Aggregate {
	return &Aggregate{warmUp: warmUp, phases: newPhases(list, warmUp, true), clients: newShares(clients)}
}

func nanoseconds(s float64) int64 { return int64(math.Round(s * 1e9)) }

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
	g.by.attempt(a)
	g.phases.attempt(a)
	g.t.Attempts++
	g.sent += a.Bytes
	if !succeeded(a) {
		g.t.WastedBytes += a.Bytes
		if a.Attempt > 1 && a.Error != canceled {
			g.wasted += nanoseconds(a.WaitedS)
		}
	}
	if a.Throttled() {
		g.t.Throttled++
	}
	if a.Early {
		g.t.Early++
	}
	if a.EarlyByS != nil {
		g.earlyBy.add(*a.EarlyByS)
		g.earlyMax = max(g.earlyMax, *a.EarlyByS)
	}
}

// Call is a call that has ended, and with it the object that it brought.
type Call struct {
	Object record.Object
	// Attempts are those that began after the warm-up, and FirstS is when the first of them did.
	Attempts int
	FirstS   float64
	// WaitedS is the time between attempts until one succeeded.
	WaitedS float64
	// Hopeless is how many attempts followed an answer that was.
	Hopeless int
	// Download says that the content is the answer's.
	Download bool
	// OKStartS and OKEndS are the attempt that succeeded, if Succeeded.
	OKStartS, OKEndS float64
	Succeeded        bool
	// LastEndS is when the last attempt ended; without any it means nothing.
	LastEndS float64
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
	if !o.Verified {
		g.ends.Open = max(g.ends.Open, o.EndS)
	}
	if o.Verified && c.Succeeded {
		end := c.OKEndS
		if c.Download { // the answer's body comes after its headers
			end = max(end, o.EndS)
		}
		bins := g.grow(end)
		bins.spread(c.OKStartS, end, func(i int, share float64) {
			g.ticks[i].GoodputMiBs += share * float64(o.Size) / mib / record.WideBinS
		})
		g.ends.LastByte = max(g.ends.LastByte, end)
		if c.OKStartS >= g.warmUp {
			g.bytes += float64(o.Size)
			g.clients.add(o.Client, float64(o.Size))
			if !c.Download {
				g.up += float64(o.Size)
			}
			g.phases.delivery(delivery{from: c.OKStartS, to: end, bytes: float64(o.Size), seen: !c.Download})
		}
	}
	if cutOff(*o) {
		g.open++
		if o.StartS >= g.warmUp {
			g.cut(&c)
		}
	}
	if c.Attempts == 0 {
		return
	}
	g.wrong += c.Hopeless
	f := passed
	switch {
	case cutOff(*o):
		f = stopped
	case o.Failed || !c.Succeeded:
		f = failed
	}
	countCall(&g.t, f, c.Attempts)
	g.phases.call(c.FirstS, c.Attempts, f)
	if o.Verified && o.StartS >= g.warmUp {
		g.time(&c)
	}
}

// time takes the times of a call that succeeded; the caller holds mu.
func (g *Aggregate) time(c *Call) {
	response := max(0, c.Object.EndS-c.Object.StartS)
	limiter := min(max(0, c.FirstS-c.Object.StartS), response)
	backoff := min(c.WaitedS, response-limiter)
	g.response.add(response)
	g.busy.add(response - backoff)
	g.service.add(min(max(0, c.Object.EndS-c.OKStartS), response))
	g.phases.response(c.FirstS, response)
	g.limiter += nanoseconds(limiter)
	g.backoff += nanoseconds(backoff)
	g.server += nanoseconds(response) - nanoseconds(limiter) - nanoseconds(backoff)
}

// cut takes the times of a call that the trial's end cut off; the caller holds mu.
func (g *Aggregate) cut(c *Call) {
	waited := max(0, c.Object.EndS-c.Object.StartS)
	g.cutOff++
	g.waited.add(waited)
	backoff := c.WaitedS
	if c.Attempts > 0 && !c.Succeeded { // it was in a wait, or its last attempt ended with the trial
		backoff += max(0, c.Object.EndS-c.LastEndS)
	}
	g.worked.add(max(0, waited-backoff))
	began := c.Object.StartS
	if c.Attempts > 0 {
		began = c.FirstS
	}
	g.phases.waited(began, waited)
}

// Ledger takes a row of the server's: windows of trouble, hints, and what was carried out that is to be carried out once.
func (g *Aggregate) Ledger(r *record.LedgerRow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.twice.row(r, g.warmUp)
	g.herd.row(r)
	if r.Kind == record.LedgerWindow {
		if len(g.windows) == 0 || r.TS < g.from {
			g.from = r.TS
		}
		g.windows = append(g.windows, *r)
		g.to = max(g.to, r.EndS)
		return
	}
	until, ok := hintEnd(r)
	if !ok || len(g.windows) == 0 || r.TS < g.from || r.TS > g.to {
		return
	}
	if last, ok := hintEnd(&g.hint); !ok || until > last {
		g.hint = *r
	}
}

// Trial computes the trial's numbers. Of in, attempts, objects and ledger are left out, and phases and clients are those that it
// began with. windows are the ledger's rows that are worth keeping.
func (g *Aggregate) Trial(in Input) (n Numbers, windows []record.LedgerRow) {
	g.mu.Lock()
	defer g.mu.Unlock()
	row := newRow(in)
	t := g.t
	d := record.Detail{Trial: in.Trial}
	t.Trial, t.Contestant, t.PartSize, t.Concurrency, t.Repeat, t.Seed = row.Trial, row.Contestant, row.PartSize, row.Concurrency, row.Repeat, row.Seed
	t.BoundMiBs, t.TransportReplays, t.Status, t.Verified, t.WallS = row.BoundMiBs, row.TransportReplays, row.Status, row.Verified, row.WallS
	t.Duplicates, t.TimedOut, t.CPU, t.Saturated = g.twice.result(), row.TimedOut, row.CPU, row.Saturated
	t.OrphanedUploads, t.CutOff = row.OrphanedUploads, new(g.cutOff)
	t.ObjectsCutOff = new(g.open)
	t.Retries = t.Attempts - t.Calls
	if t.Calls > 0 {
		t.Amplification = float64(t.Attempts) / float64(t.Calls)
	}
	t.Bytes = int64(g.bytes + 0.5)
	if t.WallS > 0 {
		t.GoodputMiBs = g.bytes / mib / t.WallS
		t.ThroughputMiBs = (float64(g.sent) + g.bytes - g.up) / mib / t.WallS
	}
	g.times(&t, &d)
	g.clients.count(&t, &d)
	t.ByteAmplification, t.RetryRatioMax = ratio(float64(g.sent), g.up), g.by.most()
	t.HerdIndex, d.Herd = g.herd.worst(in.WarmUpS, in.WallS)
	wasted := float64(g.wasted) / 1e9
	t.WastedWaitS, t.FalseRetries = &wasted, &g.wrong
	for i := range g.ticks {
		g.ticks[i].Trial = in.Trial
	}
	ledger := g.windows
	if g.hint.RetryAfterS != nil {
		ledger = append(ledger[:len(ledger):len(ledger)], g.hint)
	}
	ends := g.ends
	ends.Trial = in.WallS
	countTrouble(&t, g.ticks, ledger, in.WarmUpS, ends)
	if g.bad != "" {
		t.Verified, t.Status, t.Problem = false, record.TrialFailed, g.bad
	}
	judge(&t, in)
	return Numbers{t, g.ticks, g.phases.rows(in.Trial, in.WallS), d}, g.windows
}

// times fills in percentiles, histograms and the time budget; the caller holds mu.
func (g *Aggregate) times(t *record.Trial, d *record.Detail) {
	if n := g.earlyBy.count(); n > 0 {
		mid, most := g.earlyBy.at(50), g.earlyMax
		t.EarlyByS, t.EarlyByMaxS = &mid, &most
	}
	response, busy := cutLengths(&g.response, &g.waited), cutLengths(&g.busy, &g.worked)
	d.Response, d.Busy, d.Service, d.EarlyBy = response.encode(), busy.encode(), g.service.encode(), g.earlyBy.encode()
	d.ResponseLimits, d.BusyLimits = response.limits(), busy.limits()
	countResponse(t, &response)
	n := float64(g.response.count())
	if n == 0 {
		return
	}
	p50, p95, p99 := g.service.at(50), g.service.at(95), g.service.at(99)
	t.ServiceP50S, t.ServiceP95S, t.ServiceP99S = &p50, &p95, &p99
	sum := split{limiter: float64(g.limiter) / 1e9, server: float64(g.server) / 1e9, backoff: float64(g.backoff) / 1e9, knows: knowledge{limiter: true}}
	sum.means(t, n)
}
