package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/miniotest"
	"github.com/ratebench/ratebench/internal/record"
)

const minioScenario = `
version: 1
name: on-minio
workload: {object_size: 15MiB, part_size: 5MiB, concurrency: 2}
faults:
  - {name: busy, match: {op: [upload_part]}, when: {probability: 30%}, status: {code: 503, s3_code: SlowDown}}
contestants: [exponential, minio-go]
`

// runOn runs a scenario against a server, with its keys from the environment, and returns the exit code, what was
// printed.
func runOn(t *testing.T, s *miniotest.Server, dir string, flags ...string) (code int, printed string) {
	t.Helper()
	scenario := minioScenario
	if raceEnabled {
		scenario = strings.Replace(scenario, ", minio-go", "", 1)
	}
	return runScenarioOn(t, s, scenario, dir, flags...)
}

func runScenarioOn(t *testing.T, s *miniotest.Server, scenario, dir string, flags ...string) (code int, printed string) {
	t.Helper()
	t.Setenv("RATEBENCH_ENDPOINT", s.Endpoint.String())
	t.Setenv("RATEBENCH_ACCESS_KEY", s.AccessKey)
	t.Setenv("RATEBENCH_SECRET_KEY", s.SecretKey)
	var out bytes.Buffer
	args := append([]string{"run", "-", "--backend", "minio", "--out", dir}, flags...)
	code = run(t.Context(), args, strings.NewReader(scenario), &out, &out)
	return code, out.String()
}

// noSecrets fails if a key, a token or a signature stands in what was printed or in any file.
func noSecrets(t *testing.T, s *miniotest.Server, printed, dir string) {
	t.Helper()
	known := map[string]string{"the secret key": s.SecretKey}
	for _, found := range leaks(printed, known) {
		t.Errorf("what was printed holds %s", found)
	}
	found, err := filesLeak(known, dir)
	if err != nil {
		t.Error(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

func TestMinIORun(t *testing.T) {
	server := miniotest.New(t)
	dir := filepath.Join(t.TempDir(), "out")
	code, printed := runOn(t, server, dir)
	if code != exitPassed {
		t.Fatalf("exit code %d\n%s", code, printed)
	}
	for _, trial := range trialsOf(t, dir) {
		if trial.Status != record.TrialOK || !trial.Verified || trial.FailedObjects > 0 || trial.Bytes != 15<<20 {
			t.Errorf("trial %d of %s: status %s, verified %v, %d bytes: %s", trial.Trial, trial.Contestant, trial.Status, trial.Verified, trial.Bytes, trial.Problem)
		}
	}
	noSecrets(t, server, printed, dir)
}

const minioCalls = `
version: 1
name: calls-on-minio
workload:
  kind: calls
  clients: 2
  arrival_rate: 20/s
  objects: 30
  mix: [{method: PUT, size: 3KiB}, {method: PUT}, {method: GET, size: 200KiB}, {method: HEAD, size: 0B}, {method: DELETE}]
faults:
  - {name: busy, when: {probability: 20%}, status: {code: 503}}
  - {name: lost, when: {probability: 5%}, reset: {at: after_commit}}
contestants: [exponential]
`

// Single calls go to MinIO too, and are verified there.
func TestMinIOCalls(t *testing.T) {
	server := miniotest.New(t)
	dir := filepath.Join(t.TempDir(), "out")
	code, printed := runScenarioOn(t, server, minioCalls, dir)
	if code != exitPassed {
		t.Fatalf("exit code %d\n%s", code, printed)
	}
	for _, trial := range trialsOf(t, dir) {
		if trial.Status != record.TrialOK || !trial.Verified || trial.FailedObjects > 0 || trial.Objects != 60 || trial.Bytes == 0 || trial.Retries == 0 {
			t.Errorf("%s", show(trial))
		}
	}
	noSecrets(t, server, printed, dir)
}

func TestMinIOWrongKeys(t *testing.T) {
	server := miniotest.New(t)
	dir := filepath.Join(t.TempDir(), "out")
	code, printed := runOn(t, server, dir, "--secret-key", "hunter2hunter2")
	if code != exitFailed || !strings.Contains(printed, server.Endpoint.Host) || strings.Contains(printed, "hunter2") {
		t.Errorf("exit code %d\n%s", code, printed)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a run that could not begin left a folder")
	}
}

// A server that dies in the middle of a run fails the trial under way; the run ends in order and its files can be read.
func TestMinIODies(t *testing.T) {
	server := miniotest.New(t)
	dir := filepath.Join(t.TempDir(), "out")
	dead := make(chan struct{})
	go func() {
		defer close(dead)
		if err := awaitRows(filepath.Join(dir, record.TrialsFile), 3); err != nil {
			t.Error(err)
		}
		server.Kill()
	}()
	code, printed := runOn(t, server, dir, "--repeats", "500")
	<-dead
	if code != exitFailed {
		t.Errorf("exit code %d\n%s", code, printed)
	}
	failed := 0
	for _, trial := range trialsOf(t, dir) {
		if trial.Status == record.TrialFailed {
			failed++
		}
	}
	if failed == 0 {
		t.Errorf("no trial is marked failed\n%s", printed)
	}
	noSecrets(t, server, printed, dir)
}

func trialsOf(t *testing.T, dir string) (rows []record.Trial) {
	t.Helper()
	folder, err := record.Open(dir)
	if err == nil {
		err = folder.Trials(func(row *record.Trial) error { rows = append(rows, *row); return nil })
	}
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d trials in %s: %v", len(rows), dir, err)
	}
	return rows
}
