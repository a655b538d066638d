package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Every file counts once, and what was not begun is what is left. Lines are JSON whatever a name holds.
func TestAccount(t *testing.T) {
	why := errors.New("why")
	for name, c := range map[string]struct {
		err  error
		want summaryLine
	}{
		"done":        {want: summaryLine{Status: statusDone}},
		"failed":      {err: why, want: summaryLine{Status: statusFailed, Error: "why"}},
		"interrupted": {err: withExit(exitInterrupted, why), want: summaryLine{Status: statusInterrupted, Error: "why"}},
	} {
		var out strings.Builder
		a := tellFlags{Format: "json"}.account(&out, "uploaded", 7)
		for i, status := range []string{"uploaded", statusSkipped, statusFailed, "uploaded", statusInterrupted, statusMissing} {
			a.tell(outcome{Alias: "<a>\n\xff", Status: status, Bytes: int64(i + 1)}, time.Second, "text")
		}
		if err := a.end(c.err, true); !errors.Is(err, c.err) {
			t.Errorf("%s: it returns %v", name, err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 7 {
			t.Fatalf("%s: %d lines:\n%s", name, len(lines), out.String())
		}
		var file outcome
		if err := json.Unmarshal([]byte(lines[3]), &file); err != nil || file != (outcome{Type: "file", Alias: "<a>\n\ufffd", Status: "uploaded", Bytes: 4, Seconds: 1}) {
			t.Errorf("%s: %+v, %v", name, file, err)
		}
		want := c.want
		want.Type, want.Files, want.Skipped, want.Failed, want.NotBegun, want.Bytes, want.Seconds = "summary", 2, 2, 2, 1, 5, 2
		var got summaryLine
		if err := json.Unmarshal([]byte(lines[6]), &got); err != nil || got != want {
			t.Errorf("%s: %+v, want %+v; %v", name, got, want, err)
		}
	}
	var out strings.Builder
	a := tellFlags{}.account(&out, "uploaded", 2)
	a.tell(outcome{Status: "uploaded"}, 0, "one")
	a.tell(outcome{Status: statusFailed}, 0, "")
	_ = a.end(nil, true)
	if want := "one\n1 file uploaded, 0 B in 0s; 1 failed\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
