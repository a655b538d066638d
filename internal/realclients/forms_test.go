package realclients

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/tune"
	"github.com/ratebench/ratebench/scenarios"
)

// broken puts the embedded S3 up, where the second part of every upload fails for ever. The answer waits for the body: one that
// comes while the client still sends is, to a client that is slow to look, a broken connection, which it retries as one.
func broken(t *testing.T, status string) *gateway.Gateway {
	t.Helper()
	s, err := scenarios.Parse("broken", fmt.Appendf(nil, `
version: 1
name: broken
workload: {object_size: 10MiB, part_size: 5MiB, concurrency: 1}
faults: [{name: broken, match: {op: upload_part, parts: [2]}, status: {%s, send: after_body}}]
contestants: [no-retry]
`, status), nil)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, gateway.Config{Rules: s.Faults, Phases: s.Timeline(), Seed: 1})
}

// The number of attempts that the form for rclone promises is that which rclone makes of a part, and no fewer than the setting has.
func TestRealClientRcloneForm(t *testing.T) {
	NeedRclone(t)
	file := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(file, make([]byte, 10<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, attempts := range []int{1, 3, 9} {
		g := broken(t, "code: 500, s3_code: InternalError")
		setting := tune.Setting{Contestant: "exponential", With: map[string]string{"attempts": fmt.Sprint(attempts)}, PartSize: 5 << 20, Concurrency: 1}
		form := formOf(t, setting, "rclone")
		_, flags, _ := strings.Cut(strings.ReplaceAll(form.Text, "\\\n", " "), "REMOTE:BUCKET")
		if err := rclone(t, g, append([]string{"copy", file, "REMOTE/dir"}, strings.Fields(flags)...)...); err == nil {
			t.Fatal("rclone says that all is well")
		}
		made, missing := failedParts(g), strings.Join(form.Missing, "\n")
		if made < attempts || !regexp.MustCompile(fmt.Sprintf(`\b%d attempts of a part`, made)).MatchString(missing) {
			t.Errorf("of %d attempts that were set rclone made %d; the form says\n%s%s", attempts, made, form.Text, missing)
		}
	}
}

// formOf is one of the forms of a setting.
func formOf(t *testing.T, s tune.Setting, name string) tune.Form {
	t.Helper()
	for _, f := range tune.Forms(s) {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no form %s", name)
	return tune.Form{}
}

// failedParts counts the attempts of the second part. Those of the first do not count, which the AWS CLI cuts off where the second
// has failed for good.
func failedParts(g *gateway.Gateway) int { return int(g.Faults.Counts()[0].Acted) }

// AWS_MAX_ATTEMPTS is the number of attempts of the AWS CLI, as the form says; and without an S3 error code it does not retry a 429.
func TestAWSCLIForm(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil || testing.Short() {
		without(t, "the AWS CLI is not installed, or is not to be waited for")
	}
	file := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(file, make([]byte, 10<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status      string
		concurrency int // 0: as it is, so that the form needs no commands
		want        int
	}{{"code: 503, s3_code: SlowDown", 1, 3}, {"code: 429, body: empty", 0, 1}} {
		g := broken(t, tt.status)
		form := formOf(t, tune.Setting{Contestant: "exponential", With: map[string]string{"attempts": "3"}, Concurrency: tt.concurrency}, "aws")
		script := form.Text + fmt.Sprintf("exec aws --endpoint-url %s s3 cp --quiet %s s3://%s/content\n", g.URL, file, bucket)
		cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_ACCESS_KEY_ID=" + keys.Access, "AWS_SECRET_ACCESS_KEY=" + keys.Secret, "AWS_REGION=us-east-1"}
		out, err := cmd.CombinedOutput()
		if failedParts(g) == 0 {
			without(t, fmt.Sprintf("the AWS CLI does not run here: %v\n%s", err, out))
		}
		if made := failedParts(g); err == nil || made != tt.want {
			t.Errorf("%s: %v after %d attempts, want %d\n%s", tt.status, err, made, tt.want, out)
		}
	}
}

// without skips a test for which the AWS CLI is missing, and fails it where RATEBENCH_REQUIRE names aws.
func without(t *testing.T, why string) {
	t.Helper()
	if strings.Contains(os.Getenv("RATEBENCH_REQUIRE"), "aws") {
		t.Fatal(why)
	}
	t.Skip(why)
}
