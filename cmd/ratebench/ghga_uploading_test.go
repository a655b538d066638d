package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/connector"
)

// What becomes of a file decides what is said of it, and whether the command failed. Only what is at the hub counts as there.
func TestUploadingEnds(t *testing.T) {
	path, info := someFile(t)
	for name, c := range map[string]struct {
		r         connector.Result
		out, fail string
		kept      bool
		stopped   bool
	}{
		"uploaded":      {r: connector.Result{Uploaded: connector.Uploaded{FileID: "id", SHA256: "5ee"}}, out: "evil�\n    SHA-256 5ee\n"},
		"there already": {r: connector.Result{Skipped: "inbox"}, out: "evil�: left out, the box has it already (same size; the content was not compared)\n"},
		"archived":      {r: connector.Result{Skipped: "archived"}, out: "left out"},
		"half-finished": {r: connector.Result{Skipped: "init", Uploaded: connector.Uploaded{FileID: "id"}}, fail: "half-finished upload of it, id,"},
		"failed":        {r: connector.Result{Err: errors.New("uploading evil: why")}, fail: "uploading evil: why"},
		"interrupted":   {r: connector.Result{Err: errors.New("why"), Kept: true}, fail: "why\n", kept: true, stopped: true},
		"outage": {r: connector.Result{Err: errors.New("why"), Kept: true, Uploaded: connector.Uploaded{FileID: "id\x1b"}}, kept: true,
			fail: "why: give the same command again, or take them away with ratebench ghga delete id�\n"},
	} {
		var out strings.Builder
		u := &uploading{files: []upload{{path, "evil\x1b", info}}, account: tellFlags{}.account(&out, "uploaded", 1), bar: newTransfers(&out)}
		u.stopped = func() bool { return c.stopped }
		u.begin(0)
		u.ended(0, c.r)
		u.close()
		if !strings.Contains(out.String(), c.out) || c.out == "" && out.Len() > 0 {
			t.Errorf("%s: it says %q", name, out.String())
		}
		if (u.err != nil) != (c.fail != "") || u.err != nil && (!strings.Contains(u.err.Error()+"\n", c.fail) || strings.Count(u.err.Error(), "evil") > 1) || u.kept != c.kept {
			t.Errorf("%s: %v, kept %v", name, u.err, u.kept)
		}
	}
}

// A file that is written to while it is uploaded is noticed, whether or not its size changes.
func TestUploadingChanged(t *testing.T) {
	path, info := someFile(t)
	f := upload{path, "a", info}
	u := &uploading{files: []upload{f}, bar: newTransfers(io.Discard)}
	u.begin(0)
	defer u.close()
	if err := u.unchanged(f); err != nil {
		t.Error(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := u.unchanged(f); !errors.Is(err, connector.ErrChanged) {
		t.Errorf("other time: %v", err)
	}
}

// someFile makes a file.
func someFile(t *testing.T) (path string, info os.FileInfo) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a")
	err := os.WriteFile(path, []byte("content"), 0o600)
	if err == nil {
		info, err = os.Stat(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path, info
}

// What was tried again in all of a file's turns is told, and beginning a file again is not called a retry.
func TestUploadingTurns(t *testing.T) {
	path, info := someFile(t)
	var out, messages strings.Builder
	u := &uploading{
		files: []upload{{path, "a", info}, {path, "b", info}}, account: tellFlags{Format: "json"}.account(&out, "uploaded", 2), bar: newTransfers(&messages),
	}
	defer u.close()
	happens := func(file int, what string) {
		u.bar.event(connector.Event{File: u.files[file].alias, What: what, Err: errors.New("why")})
	}
	u.begin(0)
	happens(0, "retry")
	happens(0, "restart")
	u.begin(1)
	happens(1, "retry")
	u.ended(1, connector.Result{})
	u.begin(0)
	happens(0, "retry")
	happens(0, "restart")
	u.ended(0, connector.Result{})
	for _, want := range []string{`"alias":"b","status":"uploaded","bytes":7,"seconds":0,"retries":1}`, `"retries":2,"restarts":2}`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
	if want := strings.Repeat("ratebench: a: beginning it again from its first part: why\n", 2); messages.String() != want {
		t.Errorf("it says %q", messages.String())
	}
	for tried, want := range map[tries]string{
		{}: "", {1, 0}: ", 1 retry", {2, 0}: ", 2 retries", {0, 1}: ", begun again 1 time", {2, 2}: ", begun again 2 times, 2 retries",
	} {
		if got := tried.String(); got != want {
			t.Errorf("%+v: %q", tried, got)
		}
	}
}
