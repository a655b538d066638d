package target_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/network"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

const ghgaScenario = `
version: 1
name: ghga
workload: {kind: ghga, object_size: 1MiB, part_size: 5MiB, concurrency: 1, objects: 4}
contestants: [connector-fixed]
oracle: false
`

// opened is the server side of a trial of kind ghga, in the bubble of the test.
func opened(t *testing.T, sets ...string) (runner.Target, workloads.GHGASide) {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(ghgaScenario), sets)
	if err != nil {
		t.Fatal(err)
	}
	site, err := target.NewSite(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	site.Over(func(seed uint64) network.Network { return &network.Memory{Seed: seed} })
	x, err := site.Open(t.Context(), runner.Trial{Ordinal: 1, Contestant: "connector-fixed", PartSize: 5 << 20, Concurrency: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(context.Background()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute) // connections linger
	})
	return x, x.(workloads.Deployment).GHGA()
}

// Verification says what is wrong with a file, whatever its client believes.
func TestGHGAVerifies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, side := opened(t)
		content := bytes.Repeat([]byte("ACGT"), 1<<18)
		file := func(ordinal int, running bool) string {
			id, err := side.Prepare(t.Context(), 0, ordinal, bytes.NewReader(content), int64(len(content)), running)
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		done, open := file(1, false), file(2, true)
		o := runner.Object{Ordinal: 1, Size: int64(len(content)), Content: bytes.NewReader(content)}
		r := runner.Receipt{Key: done}
		err := x.Verify(t.Context(), o, r)
		if err == nil || !strings.Contains(err.Error(), "its ETag is ") {
			t.Fatalf("without an ETag: %v", err)
		}
		r.ETag = strings.Fields(strings.SplitAfter(err.Error(), "its ETag is ")[1])[0]
		r.ETag = strings.TrimSuffix(r.ETag, ",")
		if err := x.Verify(t.Context(), o, r); err != nil {
			t.Errorf("as it was sent: %v", err)
		}
		for what, check := range map[string]struct {
			o    runner.Object
			r    runner.Receipt
			want string
		}{
			"another file": {o, runner.Receipt{Key: open, ETag: r.ETag}, "state at the UCS is init"},
			"no file":      {o, runner.Receipt{Key: "x"}, "knows no file"},
			"another size": {runner.Object{Size: 5, Content: o.Content}, r, "bytes encrypted"},
			"other content": {runner.Object{Size: o.Size, Content: bytes.NewReader(bytes.Repeat([]byte("ACGA"), 1<<18))}, r,
				"content differs"},
		} {
			if err := x.Verify(t.Context(), check.o, check.r); err == nil || !strings.Contains(err.Error(), check.want) {
				t.Errorf("%s: %v, want %q", what, err, check.want)
			}
		}
		orphans := func() int {
			n, err := x.(runner.Orphaning).Orphans(t.Context())
			if err != nil {
				t.Error(err)
			}
			return n
		}
		if n := orphans(); n != 1 {
			t.Errorf("%d orphans, and one upload is running", n)
		}
		side.GoesOn(2)
		if n := orphans(); n != 0 {
			t.Errorf("%d orphans, though the one that is running goes on", n)
		}
	})
}

func TestGHGAVerifiesDeletions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, side := opened(t, "workload.do=delete")
		access, err := side.Access(0)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := connector.New(connector.Config{Access: access, Stack: through{x}})
		if err != nil {
			t.Fatal(err)
		}
		for ordinal, running := range map[int]bool{1: false, 2: true} {
			id, err := side.Prepare(t.Context(), 0, ordinal, strings.NewReader("plain"), 5, running)
			if err != nil {
				t.Fatal(err)
			}
			r := runner.Receipt{Key: id}
			if err := x.Verify(t.Context(), runner.Object{Ordinal: ordinal}, r); err == nil || !strings.Contains(err.Error(), "not cancelled") {
				t.Errorf("a file that is there: %v", err)
			}
			if err := conn.Delete(t.Context(), id); err != nil {
				t.Error(err)
			}
			if err := x.Verify(t.Context(), runner.Object{Ordinal: ordinal}, r); err != nil {
				t.Errorf("a file that was deleted: %v", err)
			}
		}
		if n, err := x.(runner.Orphaning).Orphans(t.Context()); n != 0 || err != nil {
			t.Errorf("%d orphans, %v", n, err)
		}
	})
}

func TestGHGAVerifiesDownloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, side := opened(t, "workload.do=download")
		if err := side.Store(t.Context(), 3, strings.NewReader("plain"), 5); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte("plain"))
		o, r := runner.Object{Ordinal: 3, Size: 5}, runner.Receipt{Read: 5, SHA256: hex.EncodeToString(sum[:])}
		if err := x.Verify(t.Context(), o, r); err != nil {
			t.Error(err)
		}
		r.Read = 4
		if err := x.Verify(t.Context(), o, r); err == nil {
			t.Error("a file that is too short was taken")
		}
		r.Read, r.SHA256 = 5, strings.Repeat("0", 64)
		if err := x.Verify(t.Context(), o, r); err == nil || !strings.Contains(err.Error(), "differs") {
			t.Errorf("another file: %v", err)
		}
	})
}

// The clean-up job comes by from the trial's start to its end.
func TestGHGACleansUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x, side := opened(t, "ghga.upload_ttl=2s", "ghga.cleanup_interval=1s")
		running := func(ordinal int) {
			if _, err := side.Prepare(t.Context(), 0, ordinal, strings.NewReader("plain"), 5, true); err != nil {
				t.Fatal(err)
			}
		}
		want := func(when string, n int) {
			synctest.Wait()
			if got, err := x.(runner.Orphaning).Orphans(t.Context()); got != n || err != nil {
				t.Errorf("%s: %d uploads are open, want %d; %v", when, got, n, err)
			}
		}
		running(1)
		time.Sleep(5 * time.Second)
		want("before the trial", 1)
		x.Begin(time.Now())
		time.Sleep(1500 * time.Millisecond) // its requests to S3 take time, too
		want("once the job has come by", 0)
		running(2)
		time.Sleep(time.Second)
		want("one that is a second old", 1)
		if err := x.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(5 * time.Second)
		want("after the trial", 1)
	})
}
