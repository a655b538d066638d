package main

import (
	"bytes"
	"errors"
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

// Messages keep their lines and what indents them, and nothing else that a terminal would obey.
func TestComplainsPlainly(t *testing.T) {
	var out strings.Builder
	complain(&out, errors.New("ev\x1b[31mil.bam: no\r\n\tand \u202eag\rain\n"))
	if want := "ratebench: ev�[31mil.bam: no\n\tand �ag�ain\n"; out.String() != want {
		t.Errorf("%q", out.String())
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
