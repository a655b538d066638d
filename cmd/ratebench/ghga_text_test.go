package main

import (
	"bytes"
	"strings"
	"testing"
)

// What a service says cannot move the cursor, change colours or begin another line.
func TestPlainText(t *testing.T) {
	for from, want := range map[string]string{
		"sample 1_ä.bam":         "sample 1_ä.bam",
		"evil\x1b[31mname":       "evil�[31mname",
		"two\nlines\r\x00\u009b": "two�lines���",
		"right\u202eto left":     "right�to left",
		"broken\xff":             "broken�",
	} {
		if got := plainText(from); got != want {
			t.Errorf("%q becomes %q, want %q", from, got, want)
		}
	}
}

// The hint to the help names the whole command.
func TestHelpOfCommandsInGroups(t *testing.T) {
	var out, err bytes.Buffer
	if code := run(t.Context(), []string{"ghga", "upload", "--none"}, strings.NewReader(""), &out, &err); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	if want := `Run "ratebench ghga upload --help" for help.`; !strings.Contains(err.String(), want) {
		t.Errorf("%q does not hold %q", err.String(), want)
	}
}
