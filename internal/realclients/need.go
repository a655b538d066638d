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
	if _, err := exec.LookPath("rclone"); err != nil {
		without(t, "rclone", "rclone is not installed")
	}
}

// required reports whether RATEBENCH_REQUIRE names a client.
func required(client string) bool {
	return strings.Contains(os.Getenv("RATEBENCH_REQUIRE"), client)
}

// without skips a test for which a client is missing, and fails it where that client is required.
func without(t *testing.T, client, why string) {
	t.Helper()
	if required(client) {
		t.Fatalf("RATEBENCH_REQUIRE names %s: %s", client, why)
	}
	t.Skip(why)
}

// alone skips a test that counts attempts of a real client, unless RATEBENCH_REQUIRE names one: beside other tests a client that waits for
// the processor comes upon deadlines of its own, and then makes other attempts than those that it was told to make.
func alone(t *testing.T) {
	t.Helper()
	if !required("rclone") && !required("aws") {
		t.Skip("attempts of real clients are counted alone: RATEBENCH_REQUIRE=rclone,aws go test -run TestRealClient ./internal/realclients")
	}
}
