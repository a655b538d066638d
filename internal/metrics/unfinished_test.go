package metrics

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// What had come through of an object that the trial's end cut off is work that was done, in every second, and no goodput of the trial.
func TestUnfinished(t *testing.T) {
	brings := func(received int64, status int, torn string) func(*record.Attempt) {
		return func(a *record.Attempt) {
			a.Call, a.Op = record.Nth("get_object/1", a.Attempt), "get_object"
			a.Bytes, a.Attempt, a.Status, a.Error, a.ReceivedBytes = 0, 1, status, torn, &received
		}
	}
	creates := func(a *record.Attempt) { a.Call, a.Op, a.Bytes = "create_upload/1", "create_upload", 0 }
	open := record.Object{Client: 1, Ordinal: 1, Size: 4 * mib, EndS: 10}
	failed, single := open, open
	failed.Failed, failed.Problem, single.Single = true, "other", true
	for _, c := range []struct {
		name     string
		object   record.Object
		attempts []record.Attempt
		want     float64 // MiB
	}{
		{"two parts of four, and a third that did not", open, []record.Attempt{part(1, 1, 1, 1, 200), part(2, 1, 1, 1, 200), part(3, 1, 1, 1, 503)}, 2},
		{"a part that came twice", open, []record.Attempt{part(1, 1, 1, 1, 200), part(1, 2, 3, 1, 200)}, 1},
		{"begun again from nothing", open, []record.Attempt{
			part(1, 1, 0, 0.1, 200, creates), part(1, 1, 1, 1, 200), part(2, 1, 1, 1, 200),
			part(1, 2, 3, 0.1, 200, creates), part(3, 1, 4, 1, 200),
		}, 1},
		{"begun again, and brought again", open, []record.Attempt{
			part(1, 1, 0, 0.1, 200, creates), part(1, 1, 1, 1, 200), part(1, 2, 3, 0.1, 200, creates), part(1, 2, 4, 1, 200),
		}, 1},
		{"given up", failed, []record.Attempt{part(1, 1, 1, 1, 200)}, 0},
		{"a single call", single, []record.Attempt{part(1, 1, 1, 1, 200)}, 0},
		{"more on the wire than there is", record.Object{Client: 1, Ordinal: 1, Size: mib, EndS: 10}, []record.Attempt{part(1, 1, 1, 1, 200), part(2, 1, 1, 1, 200)}, 1},
		{"a range that came, and one that broke off", open, []record.Attempt{part(1, 1, 1, 1, 200, brings(mib, 206, "")), part(1, 2, 1, 1, 200, brings(mib, 206, "reset"))}, 1},
	} {
		n := Of(Input{WallS: 10, Attempts: c.attempts, Objects: []record.Object{c.object}, Phases: []record.Phase{{Name: "all"}}})
		timeline := 0.0
		for _, k := range n.Timeline {
			timeline += k.GoodputMiBs * record.BinS
		}
		if got := float64(n.Trial.UnfinishedBytes) / mib; !near(got, c.want) || !near(timeline, c.want) || !near(n.Phases[0].GoodputMiBs*10, c.want) {
			t.Errorf("%s: %v MiB, %v in the timeline, %v in the phase, want %v", c.name, got, timeline, n.Phases[0].GoodputMiBs*10, c.want)
		}
		if n.Trial.Bytes != 0 || n.Trial.GoodputMiBs != 0 {
			t.Errorf("%s: %d bytes are goodput", c.name, n.Trial.Bytes)
		}
	}
}

// One object for the whole trial, which its end cuts off: the recovery goes by its parts. (It had no baseline before.)
func TestRecoveryOfLargeObjects(t *testing.T) {
	in := Input{
		WallS: 12, Objects: []record.Object{{Client: 1, Ordinal: 1, Size: 100 * mib, EndS: 12}},
		Ledger: []record.LedgerRow{{Kind: record.LedgerWindow, TS: 3, EndS: 5}},
	}
	for n := range 12 { // a part each second, but for the trouble and a second after it
		if n < 3 || n > 5 {
			in.Attempts = append(in.Attempts, part(n, 1, float64(n), 1, 200))
		}
	}
	r := Of(in).Trial
	if r.RecoveryCensored || !same(r.RecoveryS, 1) || r.Metastable == nil || *r.Metastable || !same(r.AreaLostMiB, 3) {
		t.Errorf("recovery %v (censored: %v), metastable %v, %v MiB lost; want 1 s and 3 MiB",
			show(r.RecoveryS), r.RecoveryCensored, r.Metastable, show(r.AreaLostMiB))
	}
}
