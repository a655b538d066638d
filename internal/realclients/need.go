// Package realclients holds tests of the fault server with S3 clients as people use them: rclone, and the AWS SDK for Go
// with its transfer manager. Without faults what goes up comes down, byte for byte; with those of flaky.yaml and the
// clients' own retries an object is either right or reported as failed.
package realclients

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// NeedRclone skips a test without rclone, and fails it where RATEBENCH_REQUIRE names rclone.
func NeedRclone(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("rclone"); err == nil {
		return
	}
	if strings.Contains(os.Getenv("RATEBENCH_REQUIRE"), "rclone") {
		t.Fatal("rclone is required and not installed")
	}
	t.Skip("rclone is not installed")
}
