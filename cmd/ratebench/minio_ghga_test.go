package main

import (
	"path/filepath"
	"testing"

	"github.com/ratebench/ratebench/internal/miniotest"
	"github.com/ratebench/ratebench/internal/record"
)

const minioGHGA = `
version: 1
name: ghga-on-minio
workload: {kind: ghga, object_size: 12MiB, part_size: 5MiB, concurrency: 2, objects: 2, clients: 2}
faults:
  - {name: busy, match: {op: [upload_part, get_object, ucs_part_url]}, when: {probability: 20%}, status: {code: 503, s3_code: SlowDown}}
contestants: [connector-fixed]
oracle: false
`

// Files go to MinIO and come from it through the control plane, are verified there, and leave nothing open.
func TestMinIOGHGA(t *testing.T) {
	server := miniotest.New(t)
	for do, bytes := range map[string]int64{"upload": 48 << 20, "download": 48 << 20, "delete": 0} {
		dir := filepath.Join(t.TempDir(), do)
		code, printed := runScenarioOn(t, server, minioGHGA, dir, "--set", "workload.do="+do)
		if code != exitPassed {
			t.Fatalf("%s: exit code %d\n%s", do, code, printed)
		}
		for _, trial := range trialsOf(t, dir) {
			if trial.Status != record.TrialOK || !trial.Verified || trial.FailedObjects > 0 || trial.Objects != 4 || trial.Bytes != bytes ||
				trial.OrphanedUploads != nil && *trial.OrphanedUploads > 0 {
				t.Errorf("%s: %s", do, show(trial))
			}
		}
		noSecrets(t, server, printed, dir)
	}
}
