package runner

import (
	"testing"

	"github.com/ratebench/ratebench/internal/record"
)

// Hints that a service itself gave hold for the file that they were about, until it is another one.
func TestMarkAsked(t *testing.T) {
	second := 1.0
	row := func(id string, client int, op, call string, start float64, status int, asked bool) attempt {
		a := attempt{Attempt: record.Attempt{ID: id, Client: client, Op: op, Call: call, StartS: start, TookS: 0.1, Status: status}}
		if asked {
			a.RetryAfterS = &second
		}
		return a
	}
	attempts := []attempt{
		row("create", 0, "ucs_create", "ucs_create/1", 0, 201, false),
		row("first", 0, "ucs_part_url", "ucs_part_url/1/1", 1, 429, true),      // not before 2.1
		row("too soon", 0, "ucs_part_url", "ucs_part_url/1/2", 1.5, 429, true), // and not before 2.6
		row("still too soon", 0, "ucs_part_url", "ucs_part_url/1/1", 2.2, 200, false),
		row("in time", 0, "ucs_part_url", "ucs_part_url/1/1#2", 2.6, 200, false),
		row("other file", 0, "ucs_part_url", "ucs_part_url/2/1", 1.5, 200, false),
		row("other client", 1, "ucs_part_url", "ucs_part_url/1/1", 1.5, 200, false),
		row("other operation", 0, "upload_part", "upload_part/1/1", 1.5, 200, false),
		row("by a rule", 0, "ucs_part_url", "ucs_part_url/3/1", 1, 429, true),
		row("after a rule", 0, "ucs_part_url", "ucs_part_url/3/1", 1.5, 200, false),
		row("refused", 0, "ucs_part_url", "ucs_part_url/1/3", 3, 429, true),
		row("create again", 0, "ucs_create", "ucs_create/1#2", 3.2, 201, false),
		row("another bucket", 0, "ucs_part_url", "ucs_part_url/1/1#3", 3.4, 200, false),
		row("staging", 0, "dcs_object", "dcs_object/4", 1, 202, true),
		row("polled too soon", 0, "dcs_object", "dcs_object/4#2", 2, 202, true),
	}
	markAsked(attempts, map[string]record.LedgerRow{"by a rule": {Hint: "quota/all"}})
	for _, a := range attempts {
		want := a.ID == "too soon" || a.ID == "still too soon" || a.ID == "polled too soon"
		if a.Early != want {
			t.Errorf("%s: early is %v", a.ID, a.Early)
		}
	}
}
