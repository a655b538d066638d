package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// benchstatUnits are those that a run can have.
var benchstatUnits = []string{"MiB/s", "attempts/call", "throttled/call", "early/call", "failed/call", "p95-sec", "p95-unknown", "unrecovered", "recovery-sec"}

// The real benchstat reads bench.txt, and both sides of a comparison, with every unit and without a complaint. It is built from the module
// that go.mod names; where that fails, so does the test.
func TestBenchstat(t *testing.T) {
	program := filepath.Join(t.TempDir(), "benchstat.exe")
	if out, err := exec.Command("go", "build", "-o", program, "golang.org/x/perf/cmd/benchstat").CombinedOutput(); err != nil {
		t.Fatalf("build benchstat: %v\n%s", err, out)
	}
	write := func(name string, runs ...*Run) string {
		var b bytes.Buffer
		var err error
		if len(runs) == 2 {
			err = CompareBench(&b, Side{Runs: runs[:1]}, Side{Runs: runs[1:]})
		} else {
			err = Bench(&b, runs[0])
		}
		path := filepath.Join(t.TempDir(), name)
		if err == nil {
			err = os.WriteFile(path, b.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	many := storm
	many.repeats = 8
	run, _ := analysed(t, many)
	odd, _ := analysed(t, hostile)
	calls := *run
	calls.Manifest.Resolved = "workload: {kind: calls}\n"
	files := func(do string) *Run {
		r := *run
		r.Manifest.Resolved = "workload: {kind: ghga, do: " + do + "}\n"
		return &r
	}
	late := *run
	late.Trials = append(late.Trials[:0:0], late.Trials...)
	for i := range late.Trials {
		late.Trials[i].RecoveryCensored = late.Trials[i].RecoveryCensored || late.Trials[i].Repeat > 2
	}
	slower := *run
	slower.Trials = append(slower.Trials[:0:0], slower.Trials...)
	for i := range slower.Trials {
		slower.Trials[i].GoodputMiBs *= 0.5
	}
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"one run", []string{write("bench.txt", run)}, []string{"Upload/contestant=exponential/part_size=8MiB/concurrency=4"}},
		{"two runs", []string{write("base.txt", run), write("head.txt", &slower)}, []string{"-50.00% (p=0.000 n=8)", "vs base"}},
		{"a comparison", []string{"-col", "side", write("both.txt", run, &slower)}, []string{"-50.00% (p=0.000 n=8)", "│    base", "head"}},
		{"calls", []string{write("calls.txt", &calls)}, []string{"Calls/contestant=exponential/size=8MiB/concurrency=4"}},
		{"downloads", []string{write("downloads.txt", files("download"))}, []string{"Download/contestant=exponential/part_size=8MiB/concurrency=4"}},
		{"deletions", []string{write("deletions.txt", files("delete"))}, []string{"Delete/contestant=exponential/part_size=8MiB/concurrency=4"}},
		{"uploads of files", []string{write("uploads.txt", files("upload"))}, []string{"Upload/contestant=exponential/part_size=8MiB/concurrency=4"}},
		{"not recovered any more", []string{write("before.txt", run), write("after.txt", &late)}, []string{"unrecovered"}},
		{"hostile names", []string{write("hostile.txt", odd)}, []string{"contestant=%3Cscript%3E"}},
	} {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(program, c.args...)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil || stderr.Len() > 0 {
			t.Errorf("%s: %v: %s", c.name, err, &stderr)
		}
		units := benchstatUnits
		if c.name == "hostile names" { // nobody has recovered there
			units = units[:len(units)-2]
		}
		if c.name == "deletions" { // they have no parts
			units = slices.DeleteFunc(slices.Clone(units), func(unit string) bool { return strings.HasPrefix(unit, "p95-") })
			if strings.Contains(stdout.String(), "p95-unknown") {
				t.Errorf("%s: a p95 is unknown in\n%s", c.name, &stdout)
			}
		}
		for _, want := range append(c.want, units...) {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, &stdout)
			}
		}
	}
}
