package runner

import (
	"fmt"
	"slices"
	"testing"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// A program's attempts are sorted into calls by what the server sees.
func TestFromLedger(t *testing.T) {
	type row = record.LedgerRow
	after := 1.0
	for name, tt := range map[string]struct {
		rows []row
		want []string // call, attempt, early
	}{
		"retries of a part": {
			[]row{
				{Op: "upload_part", Object: 1, Part: 2, TS: 1, Status: 429, TookS: 0.1, RetryAfterS: &after, Hint: "q/x", Scopes: []string{"q/x"}},
				{Op: "upload_part", Object: 1, Part: 3, TS: 1.05, Status: 200, Scopes: []string{"q/x"}},
				{Op: "upload_part", Object: 1, Part: 2, TS: 1.5, Status: 0, Scopes: []string{"q/x"}},
				{Op: "upload_part", Object: 1, Part: 2, TS: 2.2, Status: 200, Scopes: []string{"q/x"}},
			},
			[]string{"upload_part/1/2 1", "upload_part/1/3 1", "upload_part/1/2 2 early", "upload_part/1/2 3"},
		},
		"all again under another upload": {
			[]row{{Op: "create_upload", Object: 1, Status: 200}, {Op: "upload_part", Object: 1, Part: 1, Status: 200}, {Op: "create_upload", Object: 1, Status: 200},
				{Op: "upload_part", Object: 1, Part: 1, Status: 200}},
			[]string{"create_upload/1 1", "upload_part/1/1 1", "create_upload/1 2", "upload_part/1/1 2"},
		},
		"reads are calls of their own": {
			[]row{{Op: "head_object", Object: 1, Status: 404}, {Op: "head_object", Object: 1, Status: 503}, {Op: "head_object", Object: 1, Status: 200}, {Op: "list_objects", Bucket: "b", Status: 200}},
			[]string{"head_object/1 1", "head_object/1#2 1", "head_object/1#2 2", "list_objects 1"},
		},
		"reads that the client numbers": {
			[]row{{Op: "head_object", Object: 1, Status: 404, Call: "a"}, {Op: "head_object", Object: 1, Status: 404, Call: "a"}, {Op: "head_object", Object: 1, Status: 404, Call: "b"}},
			[]string{"head_object/1 1", "head_object/1 2", "head_object/1#2 1"},
		},
		"objects without an ordinal": {
			[]row{{Op: "put_object", Bucket: "b", Key: "x", Status: 500}, {Op: "put_object", Bucket: "b", Key: "y", Status: 200}, {Op: "put_object", Bucket: "b", Key: "x", Status: 200}},
			[]string{"put_object 1", "put_object#2 1", "put_object 2"},
		},
		"what is no attempt": {
			[]row{{Kind: record.LedgerConnection}, {Kind: record.LedgerWindow}, {Kind: record.LedgerFault}}, nil,
		},
	} {
		for i := range tt.rows {
			if tt.rows[i].Kind == "" {
				tt.rows[i].Kind, tt.rows[i].ID = record.LedgerAttempt, fmt.Sprintf("0-%d", i+1)
			}
		}
		var got []string
		for _, a := range fromLedger(tt.rows) {
			s := fmt.Sprintf("%s %d", a.Call, a.Attempt.Attempt)
			if a.Early {
				s += " early"
			}
			got = append(got, s)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, tt.want)
		}
	}
}

func TestFromLedgerFillsRows(t *testing.T) {
	after := 2.0
	rows := fromLedger([]record.LedgerRow{
		{Kind: record.LedgerAttempt, ID: "3-1", Op: "upload_part", Object: 4, Part: 1, Connection: 2, TS: 1, TookS: 0.5, BytesIn: 7, Status: 503, Code: "SlowDown", Rule: "busy", RetryAfterS: &after},
		{Kind: record.LedgerAttempt, ID: "3-2", Op: "upload_part", Object: 4, Part: 1, Connection: 2, TS: 4, TookS: 1, BytesIn: 9, Status: 200},
	})
	want := record.Attempt{
		Client: 3, Connection: 2, Reused: true, Call: "upload_part/4/1", Attempt: 2, Op: "upload_part", StartS: 4, WaitedS: 2.5, TookS: 1, Bytes: 9,
		Status: 200, Class: record.ClassSeen, ID: "3-2",
	}
	if rows[1].Attempt != want {
		t.Errorf("got  %+v\nwant %+v", rows[1].Attempt, want)
	}
	if a := rows[0].Attempt; a.Reused || !a.Throttled() || a.Fault != "busy" || *a.RetryAfterS != 2 || a.WaitedS != 0 {
		t.Errorf("the first: %+v", a)
	}
	in := metrics.Input{WallS: 5, Objects: []record.Object{{Client: 3, Ordinal: 4, Size: 8, Verified: true, EndS: 5}}}
	for _, r := range rows {
		in.Attempts = append(in.Attempts, r.Attempt)
	}
	if row := metrics.Of(in).Trial; row.Calls != 1 || row.Retries != 1 || row.Throttled != 1 || row.Bytes != 8 || row.WastedBytes != 7 || row.P50S != 4 {
		t.Errorf("row %+v", row)
	}
}
