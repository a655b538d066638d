package record

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// What is appended is what encoding/json writes, whatever is in the row.
func TestAppendIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		float := func(name string) float64 { return rapid.Float64().Draw(t, name) }
		text := func(name string) string { return rapid.String().Draw(t, name) }
		number := func(name string) int { return rapid.Int().Draw(t, name) }
		row := LedgerRow{
			Kind: text("kind"), Trial: number("trial"), Seq: number("seq"), TS: float("t_s"), ID: text("id"), Call: text("call"), Client: text("client"),
			Connection: number("connection"), Peer: text("peer"), Op: text("op"), Object: number("object"), Bucket: text("bucket"),
			Key: text("key"), Part: number("part"), Work: text("work"), Attempt: number("attempt"), Scopes: rapid.SliceOf(rapid.String()).Draw(t, "scopes"),
			Rule: text("rule"), Fault: text("fault"), Shadow: text("shadow"), Hint: text("hint"), Status: number("status"), BytesIn: int64(number("bytes_in")),
			TookS: float("took_s"), Committed: rapid.Bool().Draw(t, "committed"), Name: text("name"), EndS: float("end_s"),
		}
		if rapid.Bool().Draw(t, "hinted") {
			asked, until := float("retry_after_s"), float("hint_until_s")
			row.RetryAfterS, row.HintUntilS = &asked, &until
		}
		want, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		if got := row.Append(nil); string(got) != string(want)+"\n" {
			t.Errorf("got  %swant %s", got, want)
		}
	})
}

// A field that is added to the row must be added to Append too.
func TestAppendKnowsEveryField(t *testing.T) {
	one := 1.5
	row := LedgerRow{
		"k", 1, 2, 3, "i", "n", "c", 4, "p", "o", 5, "b", "k", 6, "w", 7, []string{"s"}, "r", "f", "w", "h", &one, &one, 200, 8, 9, true, true, "x", "n", 10,
	}
	want, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	if got := row.Append(nil); string(got) != string(want)+"\n" {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	row := LedgerRow{Kind: LedgerAttempt, TS: 1.25, Client: "127.0.0.1", Op: "upload_part", Key: "object", Status: 200, TookS: 0.001}
	b := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { b = row.Append(b[:0]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
