package blackbox

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/workloads"
)

func TestEnviron(t *testing.T) {
	u := &uploader{
		of: New(Config{Objects: 3, Clients: 2}),
		client: runner.Client{
			Ordinal: 1, PartSize: 5 << 20, Concurrency: 4, Trial: runner.Trial{Seed: 9},
			S3: runner.S3{Endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Region: "r", Bucket: "b", AccessKey: "a", SecretKey: "s"},
		},
	}
	got := environ([]string{
		"PATH=/bin", "AWS_MAX_ATTEMPTS=7", "AWS_PROFILE=prod", "AWS_SESSION_TOKEN=x", "AWS_SECRET_ACCESS_KEY=real", "RATEBENCH_SECRET_KEY=real",
		"AWS_ENDPOINT_URL_DYNAMODB=http://real", "S3_SECRET_KEY=real", "RATEBENCH_BUCKET=real", "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://real",
	}, u.vars(runner.Object{Ordinal: 4, Size: 10}, "/tmp/object-4"))
	for _, want := range []string{
		"PATH=/bin", "AWS_MAX_ATTEMPTS=7", "AWS_SECRET_ACCESS_KEY=s", "AWS_ENDPOINT_URL=http://127.0.0.1:1", "RATEBENCH_BUCKET=b", "RATEBENCH_FILE=/tmp/object-4",
		"RATEBENCH_KEY=object-4", "RATEBENCH_OBJECTS=6", "RATEBENCH_PART_SIZE=5242880", "RATEBENCH_SEED=9", "RATEBENCH_CLIENT=1", "RATEBENCH_DURATION=0",
		"RCLONE_CONFIG_RATEBENCH_CHUNK_SIZE=5242880B",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if all := strings.Join(got, "\n"); strings.Contains(all, "real") || strings.Contains(all, "prod") {
		t.Errorf("what leads elsewhere is left:\n%s", all)
	}
	for _, v := range Vars() {
		if !slices.ContainsFunc(got, func(e string) bool { return strings.HasPrefix(e, v.Name+"=") }) {
			t.Errorf("%s is listed and not set", v.Name)
		}
	}
}

// The file of an object is the object's content under its name.
func TestFiles(t *testing.T) {
	const size = 100_000
	f, err := NewFiles(3)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.prepare(1<<30, size); err != nil {
			t.Fatal(err)
		}
	}
	for _, ordinal := range []int{1, 2, 9, 11} {
		name, err := f.link(5, ordinal)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, size)
		_, _ = workloads.Content(3, ordinal).ReadAt(want, 0)
		if string(got) != string(want) || !strings.HasPrefix(filepath.Base(name), "object-") {
			t.Errorf("%s is not object %d", name, ordinal)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(f.dir); err == nil {
		t.Error("the folder is left")
	}
}
