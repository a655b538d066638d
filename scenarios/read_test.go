package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadWhatIsNoScenario(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(dir, "none.yaml"), "no such file, and no shipped scenario of that name: known: calls, calm, flaky, fleet-day, fleet-herd, fleet-metastable, fleet-quota, ghga-delete, ghga-download, ghga-expiry, ghga-quota, ghga-upload, ghga, limits, storm, throttle"},
		{filepath.Join(dir, "flaky.yaml"), "no such file"}, // ours must not stand in for one of theirs
		{"flakey", "did you mean flaky?"},
		{"", "no file is named"},
		{dir, "is a directory: name a scenario file"},
		{file("empty.yaml", nil), "is empty"},
		{file("large.yaml", bytes.Repeat([]byte("nonsense! "), 1e6)), "is 10 MB; a scenario is at most 1 MiB"},
		{file("empty.yaml", nil) + "/x", "empty.yaml"},
	} {
		_, err := Load(tt.path)
		checkError(t, err)
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.path, err, tt.want)
		}
	}
	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

func TestLoadShippedFromElsewhere(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"calm", "calm.yaml", "scenarios/calm", "./scenarios/calm.yaml"} {
		if s, err := Load(path, Set("repeats=2")); err != nil || s.Name != "calm" || s.Repeats != 2 {
			t.Errorf("%s: %v", path, err)
		}
	}
	own := strings.Replace(base, "name: base", "name: own", 1)
	if err := os.WriteFile("calm", []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err := Load("calm"); err != nil || s.Name != "own" {
		t.Errorf("a file of one's own comes first: %v", err)
	}
}

// Whatever somebody feeds it, an answer comes at once.
func TestNonsenseIsQuick(t *testing.T) {
	const n = nonsenseSize // everything grows no faster than the input, or stops at a limit before
	unit := func(s string) string { return strings.Repeat(s, n/len(s)) }
	most := func(s string, tokens int) string { return strings.Repeat(s, maxTokens/tokens-10) }
	var stairs strings.Builder
	for i := 0; stairs.Len() < n-2000; i++ {
		fmt.Fprintf(&stairs, "%sa:\n", strings.Repeat(" ", i))
	}
	var keys strings.Builder
	for i := 0; keys.Len() < n; i++ {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	for name, src := range map[string]string{
		"brackets": unit("["), "braces": unit("{"), "flow pairs": unit("{a: "), "sequences": unit("- "), "explicit keys": unit("? "),
		"keys in a line": unit("a: "), "colons": unit(":"), "stairs": stairs.String(), "keys": keys.String(),
		"same key": unit("a: b\n"), "list": "faults:\n" + unit("- a\n"), "long line": unit("x"), "lines": unit("abc\n"),
		"open quote": "\"" + unit("x"), "escapes": "\"" + unit(`\x41`) + "\"", "literal": "name: |\n" + unit("  x\n"),
		"folded": "name: >\n" + unit("  x\n\n"), "comments": unit("#\n"), "documents": unit("---\n"), "commas": "[" + unit(","),
		"anchors": unit("&a "), "aliases": "a: &a [" + unit("*a,"), "tags": unit("! "), "spaces": unit(" "), "line breaks": unit("\n"),
		"digits": "repeats: " + unit("1"), "flow list": "contestants: [" + unit("a, ") + "]", "NUL": unit("\x00"), "percent": unit("%a\n"),
		"half a character": unit("\xc3"), "contestants": "version: 1\nname: x\ncontestants:\n" + unit("- {b: 1}\n"),
		"flow keys": "{" + unit("a, ") + "}", "multi-line plain": "a: b\n" + unit("  c\n"), "quoted keys": unit("\"a\": b\n"),
		"literals": unit("a: |\n"), "dashes": unit("-\n"), "nested flow": unit("[]\n"), "deep list": "a:\n" + unit(" - b:\n"),
		"as many keys as may be": most("a: b\n", 3), "as many entries as may be": "a:\n" + most("  - b\n", 2),
		"as many lists as may be": "a:\n" + most("  - []\n", 3), "as many literals as may be": most("a: |\n", 4),
	} {
		start := time.Now()
		_, err := Parse("x", []byte(src), nil, Known(contestants))
		checkError(t, err)
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %s", name, took)
		} else {
			t.Logf("%s: %s: %.120s", name, took.Round(time.Millisecond), err)
		}
	}
}
