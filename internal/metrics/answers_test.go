package metrics

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

func TestFalseRetries(t *testing.T) {
	for _, c := range []struct {
		name   string
		before record.Attempt
		want   int
	}{
		{"throttled", record.Attempt{Status: 429}, 0},
		{"slow down", record.Attempt{Status: 503, Code: "SlowDown"}, 0},
		{"broken connection", record.Attempt{Error: "reset"}, 0},
		{"server error", record.Attempt{Status: 500}, 0},
		{"too early", record.Attempt{Status: 425}, 0},
		{"conflict that passes", record.Attempt{Status: 409, Code: "OperationAborted"}, 0},
		{"slow request", record.Attempt{Status: 400, Code: "RequestTimeout"}, 0},
		{"damaged on the way", record.Attempt{Status: 400, Code: "BadDigest"}, 0},
		{"other connection", record.Attempt{Status: 421}, 0},
		{"redirected", record.Attempt{Status: 307}, 0},
		{"conflict", record.Attempt{Status: 409, Code: "BucketNotEmpty"}, 1},
		{"forbidden", record.Attempt{Status: 403, Code: "AccessDenied"}, 1},
		{"absent", record.Attempt{Status: 404}, 1},
		{"not implemented", record.Attempt{Status: 501}, 1},
		{"no such version", record.Attempt{Status: 505}, 1},
		{"success", record.Attempt{Status: 200}, 1},
		{"success whose body a fault broke", record.Attempt{Status: 200, Fault: "cut"}, 0},
		{"completion that may have failed in its body", record.Attempt{Status: 200, Op: "complete_upload"}, 0},
		{"still under way, as with a hedge", record.Attempt{Status: 404, TookS: 3}, 0},
	} {
		before := c.before
		before.Call, before.Attempt = "upload_part/1/1", 1
		if before.TookS == 0 {
			before.TookS = 1
		}
		after := record.Attempt{Call: "upload_part/1/1", Attempt: 2, StartS: 1, TookS: 1, Status: 200}
		in := Input{WallS: 4, Attempts: []record.Attempt{before, after}}
		if got := *Of(in).Trial.FalseRetries; got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		in.WarmUpS = 1.5
		if got := *Of(in).Trial.FalseRetries; got != 0 {
			t.Errorf("%s, in the warm-up: %d", c.name, got)
		}
	}
}

func TestMissedRetries(t *testing.T) {
	failed := record.Object{Ordinal: 1, Failed: true, Problem: "other"}
	for _, c := range []struct {
		name     string
		attempts []record.Attempt
		ledger   []record.LedgerRow
		change   func(*record.Object)
		want     int
	}{
		{"throttled", []record.Attempt{{Status: 429}}, nil, nil, 1},
		{"unavailable", []record.Attempt{{Status: 503}}, nil, nil, 1},
		{"reset", []record.Attempt{{Error: "reset"}}, nil, nil, 1},
		{"called off", []record.Attempt{{Error: canceled}}, nil, nil, 0},
		{"unknown error", []record.Attempt{{Error: "other"}}, nil, nil, 0},
		{"forbidden", []record.Attempt{{Status: 403}}, nil, nil, 0},
		{"after a retry", []record.Attempt{{Status: 503}, {Attempt: 2, StartS: 1, Status: 503}}, nil, nil, 0},
		{"cut off by the trial's end", []record.Attempt{{Status: 503}}, nil, func(o *record.Object) { o.Failed, o.Problem = false, "" }, 0},
		{"stopped by its timeout", []record.Attempt{{Error: "timeout"}}, nil, func(o *record.Object) { o.TimedOut = true }, 0},
		{"POST that may have been done", []record.Attempt{{Op: "post_object", ID: "0-1", Status: 500}},
			[]record.LedgerRow{{Kind: record.LedgerAttempt, Op: "post_object", ID: "0-1", Once: true}}, nil, 0},
		{"POST that surely was not", []record.Attempt{{Op: "post_object", ID: "0-1", Status: 503}},
			[]record.LedgerRow{{Kind: record.LedgerAttempt, Op: "post_object", ID: "0-1", Once: true}}, nil, 1},
		{"POST with a key", []record.Attempt{{Op: "post_object", ID: "0-1", Status: 500}},
			[]record.LedgerRow{{Kind: record.LedgerAttempt, Op: "post_object", ID: "0-1"}}, nil, 1},
		{"POST that nobody saw", []record.Attempt{{Op: "post_object", ID: "0-1", Error: "reset"}}, nil, nil, 0},
	} {
		o := failed
		if c.change != nil {
			c.change(&o)
		}
		for i := range c.attempts {
			c.attempts[i].Call, c.attempts[i].Attempt = "upload_part/1/1", i+1
		}
		r := Of(Input{WallS: 4, Attempts: c.attempts, Objects: []record.Object{o}, Ledger: c.ledger}).Trial
		if *r.MissedRetries != c.want {
			t.Errorf("%s: %d, want %d", c.name, *r.MissedRetries, c.want)
		}
	}
}
