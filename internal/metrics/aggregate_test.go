package metrics

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// 10 MiB/s until 5 s, trouble from 5 s to 8 s, 10 MiB/s again from 10 s on, until the trial ends at 20 s: recovered after 2 s, less
// what a hint that counts asked to wait.
func TestAggregateRecovery(t *testing.T) {
	window := record.LedgerRow{Kind: record.LedgerWindow, TS: 5, EndS: 8}
	hint := func(at, wait float64) record.LedgerRow {
		return record.LedgerRow{Kind: record.LedgerAttempt, TS: at, Status: 503, RetryAfterS: &wait}
	}
	date, lost := hint(6, 60), hint(6, 3)
	date.HintUntilS, lost.Status = ptr(9), 0
	for _, c := range []struct {
		name     string
		hints    []record.LedgerRow
		until    int // seconds; the last of the bytes
		given    float64
		recovery float64
		censored bool
	}{
		{"no hint", nil, 20, 0, 2, false},
		{"a hint in the trouble", []record.LedgerRow{hint(6, 3)}, 20, 0, 1, false},
		{"a shorter one after it", []record.LedgerRow{hint(6, 3), hint(6, 1)}, 20, 0, 1, false},
		{"a date", []record.LedgerRow{date}, 20, 0, 1, false},
		{"before the trouble", []record.LedgerRow{hint(4, 5)}, 20, 0, 2, false},
		{"after the trouble", []record.LedgerRow{hint(8.5, 1)}, 20, 0, 2, false},
		{"never sent", []record.LedgerRow{lost}, 20, 0, 2, false},
		{"before it and later in it", []record.LedgerRow{hint(4, 60), hint(6, 3)}, 20, 0, 1, false},
		{"all is done", nil, 12, 0, 2, false},
		{"then one was given up at the end", nil, 12, 20, 2, false}, // it had held for a second
		{"all was given up in the trouble", nil, 5, 20, 12, true},
	} {
		g := NewAggregate(0, nil, 1)
		g.Ledger(&window)
		for i := range c.hints {
			g.Ledger(&c.hints[i])
		}
		for s := range c.until {
			if s >= 5 && s < 10 {
				continue
			}
			from, to := float64(s), float64(s)+0.999
			o := record.Object{Ordinal: s + 1, Single: true, Size: 10 * mib, StartS: from, EndS: to, Verified: true}
			g.Call(Call{Object: o, Attempts: 1, FirstS: from, OKStartS: from, OKEndS: to, Succeeded: true})
		}
		if c.given > 0 {
			g.Call(Call{Object: record.Object{Ordinal: 99, Single: true, StartS: 6, EndS: c.given, Failed: true}, Attempts: 1, FirstS: 6})
		}
		g.Attempt(&record.Attempt{StartS: 0, TookS: 19.5, Status: 200}) // the timeline is as long as the trial
		n, _ := g.Trial(Input{WallS: 20})
		if !same(n.Trial.RecoveryS, c.recovery) || n.Trial.RecoveryCensored != c.censored {
			t.Errorf("%s: %s, censored %v; want %v, %v", c.name, show(n.Trial.RecoveryS), n.Trial.RecoveryCensored, c.recovery, c.censored)
		}
	}
}

// An upload of which some parts came, and which then waited until it was cut off, has not recovered.
func TestOpenObjects(t *testing.T) {
	in := Input{WallS: 30, Ledger: []record.LedgerRow{{Kind: record.LedgerWindow, TS: 5, EndS: 10}}}
	upload := func(ordinal int, from, to float64) {
		in.Attempts = append(in.Attempts, record.Attempt{
			Call: record.CallName("upload_part", ordinal, 1), Op: "upload_part", Attempt: 1, StartS: from, TookS: to - from, Status: 200, Bytes: 10 * mib,
		})
		in.Objects = append(in.Objects, record.Object{Ordinal: ordinal, Size: 10 * mib, StartS: from, EndS: to, Verified: true})
	}
	for s := range 5 {
		upload(s+1, float64(s), float64(s)+1)
	}
	upload(6, 10, 10.7)
	if got := Of(in).Trial; !same(got.RecoveryS, 0) || got.RecoveryCensored {
		t.Errorf("all is done: %s, censored %v", show(got.RecoveryS), got.RecoveryCensored)
	}
	in.Objects = append(in.Objects, record.Object{Ordinal: 7, StartS: 10.7, EndS: 30})
	if got := Of(in).Trial; !same(got.RecoveryS, 20) || !got.RecoveryCensored {
		t.Errorf("one was cut off: %s, censored %v", show(got.RecoveryS), got.RecoveryCensored)
	}
}
