package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/miniotest"
	"github.com/ratebench/ratebench/internal/realclients"
	"github.com/ratebench/ratebench/internal/record"
)

// rcloneCopy is the command as the README shows it.
const rcloneCopy = `rclone copy "$RATEBENCH_FILE" "ratebench:$RATEBENCH_BUCKET"`

func needRclone(t *testing.T) {
	t.Helper()
	realclients.NeedRclone(t)
	if runtime.GOOS == "windows" {
		t.Skip("the command is for a Unix shell")
	}
	// Nothing of this machine's own settings.
	t.Setenv("RCLONE_CONFIG", "/notfound")
	t.Setenv("HOME", t.TempDir())
}

// rclone needs nothing but the command: endpoint, keys, part size and parts in flight are in its environment.
func TestRealClientRcloneExec(t *testing.T) {
	if raceEnabled {
		t.Skip("the script exec has the race detector on a command of its own")
	}
	needRclone(t)
	if !strings.Contains(readme(t), rcloneCopy) {
		t.Fatal("the README does not show the command that is run here")
	}
	dir := filepath.Join(t.TempDir(), "out")
	var out bytes.Buffer
	code := run(t.Context(), []string{
		"run", "flaky", "--set", "workload.object_size=48MiB", "--set", "workload.part_size=[6MiB]", "--set", "workload.concurrency=[3]",
		"--exec", rcloneCopy, "--as", "rclone", "--out", dir,
	}, strings.NewReader(""), &out, &out)
	log, _ := os.ReadFile(filepath.Join(dir, "rclone-2.log")) // there is none if the run could not begin
	if code != exitPassed {
		t.Fatalf("exit code %d\n%s\n%s", code, &out, log)
	}
	row := trialsOf(t, dir)[1]
	if row.Contestant != "rclone" || !row.Verified || row.FailedObjects > 0 || row.Bytes != 96<<20 || row.Retries == 0 || row.FailedCalls > 0 || row.Efficiency == nil {
		t.Errorf("%+v\n%s", row, log)
	}
	folder, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]bool{}
	if err := folder.Attempts(func(a *record.Attempt) error {
		if a.Contestant == "rclone" && a.Op == "upload_part" {
			parts[a.Call] = true
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(parts) != 16 {
		t.Errorf("%d parts were uploaded, want 16 of 6 MiB", len(parts))
	}
}

// Against a real endpoint the command signs with keys of the run, and the bucket is its own.
func TestMinIOExec(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is for a Unix shell")
	}
	server := miniotest.New(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	put := filepath.Join(t.TempDir(), "s3put") // by this name the test program is that client
	if err := os.Symlink(self, put); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	code, printed := runOn(t, server, dir, "--exec", put+" leak folder", "--set", "oracle=false")
	if code != exitPassed {
		log, _ := os.ReadFile(filepath.Join(dir, "exec-1.log"))
		t.Fatalf("exit code %d\n%s\n%s", code, printed, log)
	}
	if row := trialsOf(t, dir)[0]; !row.Verified || row.FailedObjects > 0 || row.Bytes != 15<<20 {
		t.Errorf("%+v", row)
	}
	noSecrets(t, server, printed, dir)
	if code, printed = runOn(t, server, dir+"-2", "--exec", put, "--bucket", "mine"); code != exitUsage || !strings.Contains(printed, "bucket of its own") {
		t.Errorf("exit code %d\n%s", code, printed)
	}
}
