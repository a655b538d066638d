//go:build !windows

package blackbox

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRunEnds(t *testing.T) {
	for command, want := range map[string]struct {
		code int
		out  string
	}{
		`echo "$WHO"; echo two >&2`: {0, "me\ntwo\n"},
		"exit 7":                    {7, ""},
		"no-such-program-at-all":    {127, "not found"},
		"cat":                       {0, ""}, // there is no input
	} {
		var out bytes.Buffer
		err := run(t.Context(), command, append(os.Environ(), "WHO=me"), &out)
		code := 0
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			code = e.ExitCode()
		} else if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		if code != want.code || !strings.Contains(out.String(), want.out) {
			t.Errorf("%s: exit status %d, output %q", command, code, out.String())
		}
	}
}

// gone fails unless a process ends soon; one whose parent is not ours stays a zombie for a while, and counts as ended.
func gone(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	for range 6000 { // of another process; no clock of ours reaches it
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d still runs", pid)
}

// await waits for a file that another process writes.
func await(t *testing.T, file string) {
	t.Helper()
	for range 6000 {
		if b, err := os.ReadFile(file); err == nil && bytes.HasSuffix(b, []byte("\n")) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s was not written", file)
}

// When the time is over, the command and what it has started are killed, whether they listen to signals or not.
func TestRunKillsTheGroup(t *testing.T) {
	why := errors.New("enough")
	pid := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error)
	go func() {
		ended <- run(ctx, `trap '' TERM INT; (trap '' TERM INT; sleep 1000) & echo $! > `+pid+`; wait; sleep 1000`, os.Environ(), new(bytes.Buffer))
	}()
	await(t, pid)
	cancel(why)
	if err := <-ended; !errors.Is(err, why) {
		t.Errorf("got %v, want the context's cause", err)
	}
	gone(t, pid)
	if err := run(ctx, "echo", nil, new(bytes.Buffer)); !errors.Is(err, why) {
		t.Errorf("after the end: %v", err)
	}
}

// What a command leaves running behind itself does not outlive it, and does not hold anything up.
func TestRunLeavesNothing(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	if err := run(t.Context(), `sleep 1000 & echo $! > `+pid, os.Environ(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}
