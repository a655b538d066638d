package metrics

import (
	"fmt"

	"github.com/ratebench/ratebench/internal/record"
	"pgregory.net/rapid"
)

// drawn makes up a trial in which everything fits together: parts of objects, or single calls, with waits of all kinds, hints, hedges
// and objects that were cut off. Nothing follows a success.
type drawn struct {
	t    *rapid.T
	kind string
	in   Input
	next int
}

func (d *drawn) seconds(name string, most float64) float64 {
	return float64(rapid.IntRange(0, int(most*1000)).Draw(d.t, name)) / 1000
}

// The kinds of trials that are drawn.
const (
	upload = "upload"
	calls  = "calls"
	ranges = "ranges" // downloads, with a control plane
	goes   = "goes"   // uploads, with a control plane, that may be begun again from nothing
)

func draw(t *rapid.T, kind string) Input {
	d := &drawn{t: t, kind: kind}
	d.in.WarmUpS = rapid.SampledFrom([]float64{0, 0, 0.35, 2}).Draw(t, "warm-up")
	d.in.Clients = rapid.IntRange(1, 4).Draw(t, "clients")
	at := 0.0
	for n := range rapid.IntRange(0, 3).Draw(t, "phases") {
		p := record.Phase{Name: fmt.Sprint(n), FromS: at}
		at += 0.1 + d.seconds("phase", 2)
		p.ToS = at
		d.in.Phases = append(d.in.Phases, p)
	}
	if n := len(d.in.Phases); n > 0 {
		d.in.Phases[n-1].ToS = 0
	}
	for o := 1; o <= rapid.IntRange(0, 5).Draw(t, "objects"); o++ {
		d.object(o, kind)
	}
	for _, o := range d.in.Objects {
		d.in.WallS = max(d.in.WallS, o.EndS)
	}
	return d.in
}

func (d *drawn) object(ordinal int, kind string) {
	single := kind == calls
	o := record.Object{Client: rapid.IntRange(0, d.in.Clients-1).Draw(d.t, "client"), Ordinal: ordinal, Single: single, StartS: d.seconds("object", 3)}
	o.EndS = o.StartS
	fate := rapid.SampledFrom([]string{"verified", "verified", "failed", "cut off"}).Draw(d.t, "fate")
	parts, op := rapid.IntRange(1, 4).Draw(d.t, "parts"), "upload_part"
	if kind == goes {
		d.goes(&o, fate, parts)
		d.in.Objects = append(d.in.Objects, o)
		return
	}
	if single {
		parts, op = 1, rapid.SampledFrom([]string{"put_object", "get_object"}).Draw(d.t, "op")
	}
	if kind == ranges {
		op = "get_object"
	}
	for p := 1; p <= parts; p++ {
		name := record.CallName(op, ordinal, p)
		if kind != upload {
			name = record.Nth(record.CallName(op, ordinal, 0), p)
		}
		if kind == ranges {
			d.next++
			began := o.StartS + d.seconds("asked", 3)
			d.in.Attempts = append(d.in.Attempts, record.Attempt{Client: o.Client, Call: record.Nth("dcs_object", d.next), Op: "dcs_object", Attempt: 1, StartS: began, TookS: 0.01, Status: 200, ID: fmt.Sprint(d.next)})
		}
		ok := fate == "verified" || !single && rapid.Bool().Draw(d.t, "part succeeds")
		end, bytes := d.call(o.Client, name, op, o.StartS, ok)
		o.EndS = max(o.EndS, end)
		if ok {
			o.Size += bytes
		}
	}
	if single {
		o.EndS += d.seconds("answer", 0.5)
	}
	switch fate {
	case "verified":
		o.Verified = true
	case "failed":
		o.Failed, o.Problem = true, "other"
	}
	d.in.Objects = append(d.in.Objects, o)
}

// goes makes up a file that is begun again up to twice: whatever parts a go has brought, the next brings all of them anew.
func (d *drawn) goes(o *record.Object, fate string, parts int) {
	last := rapid.IntRange(1, 3).Draw(d.t, "goes")
	for n := 1; n <= last; n++ {
		d.next++
		began := o.EndS
		d.in.Attempts = append(d.in.Attempts, record.Attempt{Client: o.Client, Call: record.Nth("ucs_part_url", d.next), Op: "ucs_part_url", Attempt: 1, StartS: began, TookS: 0.01, Status: 200, ID: fmt.Sprint(d.next)})
		o.Size = 0
		for p := 1; p <= parts; p++ {
			ok := n == last && fate == "verified" || rapid.Bool().Draw(d.t, "part succeeds")
			end, bytes := d.call(o.Client, record.Nth(record.CallName("upload_part", o.Ordinal, p), n), "upload_part", began, ok)
			o.EndS = max(o.EndS, end)
			if ok {
				o.Size += bytes
			}
		}
	}
	o.Verified, o.Failed = fate == "verified", fate == "failed"
	if o.Failed {
		o.Problem = "other"
	}
}

// call makes up the attempts of a call, and returns when the last ended and what it brought.
func (d *drawn) call(client int, name, op string, start float64, ok bool) (end float64, bytes int64) {
	slot, queued := d.seconds("slot", 0.5), d.seconds("queued", 0.5)
	now := start + slot + queued
	knows := rapid.Bool().Draw(d.t, "stack")
	if !knows { // a single call's wait before its first attempt is known in any case
		slot, queued = 0, 0
	}
	n := rapid.IntRange(1, 5).Draw(d.t, "attempts")
	before := 0.0
	for i := 1; i <= n; i++ {
		d.next++
		took := d.seconds("took", 1)
		a := record.Attempt{
			Client: client, Call: name, Op: op, Attempt: i, StartS: now, TookS: took, ID: fmt.Sprint(d.next),
			Status: rapid.SampledFrom([]int{0, 307, 404, 429, 500, 503, 501}).Draw(d.t, "status"),
		}
		if op != "get_object" {
			a.Bytes = rapid.Int64Range(0, 8*mib).Draw(d.t, "bytes")
		}
		switch {
		case i == n && ok:
			a.Status = 200
			if op == "get_object" && d.kind == ranges {
				n := rapid.Int64Range(1, 8*mib).Draw(d.t, "received")
				a.ReceivedBytes, a.BodyS = &n, ptr(d.seconds("body", 1))
			}
		case a.Status == 0:
			a.Error = rapid.SampledFrom([]string{"reset", "timeout", "other"}).Draw(d.t, "error")
		}
		if i == 1 && knows {
			a.SlotS, a.QueuedS = &slot, &queued
		}
		if i > 1 {
			a.WaitedS = max(0, now-before)
		}
		if knows {
			connection := min(took, d.seconds("connection", 1))
			sending := min(took-connection, d.seconds("sending", 1))
			a.ConnectionS, a.SendingS = &connection, &sending
		}
		if rapid.Bool().Draw(d.t, "early") {
			a.Early, a.EarlyByS = true, ptr(d.seconds("by", 2))
		}
		d.in.Attempts = append(d.in.Attempts, a)
		row := record.LedgerRow{Kind: record.LedgerAttempt, ID: a.ID, TS: a.StartS, TookS: took, Status: a.Status, Op: op}
		if a.Status == 429 {
			row.RetryAfterS = ptr(d.seconds("hint", 2))
		}
		d.in.Ledger = append(d.in.Ledger, row)
		end, bytes = max(end, bodyEnd(&a)), a.Bytes+received(&a)
		before = now + took
		if op == "upload_part" && i < n && rapid.IntRange(0, 4).Draw(d.t, "hedge") == 0 {
			now += took / 2
		} else {
			now += took + d.seconds("wait", 1)
		}
	}
	return end, bytes
}
