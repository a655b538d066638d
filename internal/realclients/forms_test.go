package realclients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/tune"
	"github.com/ratebench/ratebench/scenarios"
)

// The file that is uploaded has two parts, whatever the client; sizes are in bytes.
const (
	formFile       = 10 << 20
	rclonePart     = 5 << 20
	secondOfAWSCLI = formFile - 8<<20 // its parts have 8 MiB unless it is told otherwise
)

// brokenS3 is the embedded S3, where the second part of every upload fails for ever.
type brokenS3 struct {
	*gateway.Gateway
	ledger string // file
	close  func() error
}

// broken puts it up. The answer waits for the body: one that comes while the client still sends is, to a client that is slow to look, a
// broken connection, which it retries as one.
func broken(t *testing.T, status string) *brokenS3 {
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
	b := &brokenS3{ledger: filepath.Join(t.TempDir(), "ledger.jsonl")}
	b.Gateway = start(t, gateway.Config{Rules: s.Faults, Phases: s.Timeline(), Seed: 1, Ledger: b.ledger})
	b.close = sync.OnceValue(func() error { return b.Gateway.Close(context.Background()) })
	t.Cleanup(func() { _ = b.close() }) // who asks for attempts has its error
	return b
}

// attempts takes it down, and counts the attempts of the second part, of size bytes, that came as a whole. What a client cuts off does not count: neither the
// first part, which the AWS CLI drops where the second has failed for good, nor what a client gives up by a deadline of its own.
func (b *brokenS3) attempts(t *testing.T, size int64) int {
	t.Helper()
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(b.ledger)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var row record.LedgerRow
		err := d.Decode(&row)
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Kind == record.LedgerAttempt && row.Part == 2 && row.BytesIn >= size && row.Status != 0 {
			n++
		}
	}
}

// The number of attempts that the form for rclone promises is that which rclone makes of a part, and no fewer than the setting has.
func TestRealClientRcloneForm(t *testing.T) {
	alone(t)
	NeedRclone(t)
	file := twoParts(t)
	for _, attempts := range []int{1, 3, 9} {
		b := broken(t, "code: 500, s3_code: InternalError")
		setting := tune.Setting{Contestant: "exponential", With: map[string]string{"attempts": fmt.Sprint(attempts)}, PartSize: rclonePart, Concurrency: 1}
		form := formOf(t, setting, "rclone")
		_, flags, _ := strings.Cut(strings.ReplaceAll(form.Text, "\\\n", " "), "REMOTE:BUCKET")
		if err := rclone(t, b.Gateway, append([]string{"copy", file, "REMOTE/dir"}, strings.Fields(flags)...)...); err == nil {
			t.Fatal("rclone says that all is well")
		}
		made, want := b.attempts(t, rclonePart), promised(t, form)
		if made != want || made < attempts {
			t.Errorf("of %d attempts that were set rclone made %d, and the form promises %d:\n%s%s", attempts, made, want, form.Text, strings.Join(form.Missing, "\n"))
		}
	}
}

// twoParts is a file of two parts.
func twoParts(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(file, make([]byte, formFile), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// promised is the number of attempts of a part in a form for rclone. It names two: of rclone from 1.68 on, and of older ones.
func promised(t *testing.T, form tune.Form) int {
	t.Helper()
	numbers := regexp.MustCompile(`\b(\d+) attempts of a part`).FindAllStringSubmatch(strings.Join(form.Missing, "\n"), -1)
	out, err := exec.CommandContext(t.Context(), "rclone", "version").Output()
	version := regexp.MustCompile(`^rclone v1\.(\d+)`).FindSubmatch(out)
	if err != nil || version == nil || len(numbers) != 2 {
		t.Fatalf("%v, version %q, numbers of attempts %q", err, version, numbers)
	}
	minor, err := strconv.Atoi(string(version[1]))
	if err != nil {
		t.Fatal(err)
	}
	number := numbers[0]
	if minor < 68 {
		number = numbers[1]
	}
	n, err := strconv.Atoi(number[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
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

// AWS_MAX_ATTEMPTS is the number of attempts of the AWS CLI, as the form says; and without an S3 error code it does not retry a 429.
func TestRealClientAWSForm(t *testing.T) {
	alone(t)
	// Nothing of this machine's own settings.
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_ACCESS_KEY_ID=" + keys.Access, "AWS_SECRET_ACCESS_KEY=" + keys.Secret, "AWS_REGION=us-east-1"}
	// One that cannot even say its version does not run here; one that can has to upload.
	version := exec.CommandContext(t.Context(), "aws", "--version")
	version.Env = env
	if out, err := version.CombinedOutput(); err != nil {
		without(t, "aws", fmt.Sprintf("the AWS CLI does not run here: %v\n%s", err, out))
	}
	file := twoParts(t)
	for _, tt := range []struct {
		status      string
		concurrency int // 0: as it is, so that the form needs no commands
		want        int
	}{{"code: 503, s3_code: SlowDown", 1, 3}, {"code: 429, body: empty", 0, 1}} {
		b := broken(t, tt.status)
		form := formOf(t, tune.Setting{Contestant: "exponential", With: map[string]string{"attempts": "3"}, Concurrency: tt.concurrency}, "aws")
		script := form.Text + fmt.Sprintf("exec aws --endpoint-url %s s3 cp --quiet %s s3://%s/content\n", b.URL, file, bucket)
		cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if made := b.attempts(t, secondOfAWSCLI); err == nil || made != tt.want {
			t.Errorf("%s: %v after %d attempts, want %d\n%s", tt.status, err, made, tt.want, out)
		}
	}
}
