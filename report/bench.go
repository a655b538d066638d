package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// Bench prints a run in the Go benchmark format, which benchstat reads: one line for each trial that counts, so that
// benchstat does its statistics over the repeats.
func Bench(w io.Writer, r *Run) error {
	b := bufio.NewWriter(w)
	benchConfig(b, r)
	fmt.Fprint(b, benchUnits+"\n")
	workload := workloadOf(&r.Manifest)
	for i := range r.Trials {
		if t := &r.Trials[i]; t.Status == record.TrialOK {
			benchLine(b, t, workload)
		}
	}
	return b.Flush()
}

// benchConfig prints what a run was made with.
func benchConfig(w io.Writer, r *Run) {
	config := func(key, value string) {
		if value = strings.TrimSpace(clean(value)); value != "" {
			fmt.Fprintf(w, "%s: %s\n", key, value)
		}
	}
	m := &r.Manifest
	config("goos", m.Host.OS)
	config("goarch", m.Host.Arch)
	config("cpu", m.Host.CPU)
	config("scenario", m.Scenario)
	config("backend", m.Backend)
	config("clock", m.Clock)
}

// benchUnits says which way each unit is good.
const benchUnits = "Unit MiB/s better=higher\n" +
	"Unit attempts/call better=lower\n" +
	"Unit throttled/call better=lower\n" +
	"Unit early/call better=lower\n" +
	"Unit failed/call better=lower\n" +
	"Unit p95-sec better=lower\n" +
	"Unit p95-unknown better=lower\n" +
	"Unit recovery-sec better=lower\n" +
	"Unit unrecovered better=lower\n"

// benchLine prints a trial. The format has no way to say that a time is "more than" something, so such times are left out; that benchstat does not compare
// those that went well alone, p95-unknown and unrecovered are 1 there, and elsewhere 0. Deletions have no parts, whose times p95 is of.
func benchLine(w io.Writer, t *record.Trial, workload Workload) {
	size := "part_size"
	if workload.Calls {
		size = "size"
	}
	fmt.Fprintf(w, "Benchmark%s/contestant=%s/%s=%s/concurrency=%d 1 %s MiB/s",
		workload.benchmark(), benchName(t.Contestant), size, units.Size(t.PartSize), t.Concurrency, benchFloat(t.GoodputMiBs))
	if t.Calls > 0 {
		calls := float64(t.Calls)
		fmt.Fprintf(w, " %s attempts/call %s throttled/call %s early/call %s failed/call", benchFloat(t.Amplification),
			benchFloat(float64(t.Throttled)/calls), benchFloat(float64(t.Early)/calls), benchFloat(float64(t.FailedCalls)/calls))
	}
	switch {
	case !workload.moves(): // no part, and so no time of one
	case t.P95S > 0 && !t.P95Censored:
		fmt.Fprintf(w, " %s p95-sec 0 p95-unknown", benchFloat(t.P95S))
	case t.Calls > 0: // nothing succeeded, or was over
		fmt.Fprint(w, " 1 p95-unknown")
	}
	switch {
	case t.RecoveryS == nil: // there was nothing to recover from, or to
	case t.RecoveryCensored:
		fmt.Fprint(w, " 1 unrecovered")
	default:
		fmt.Fprintf(w, " %s recovery-sec 0 unrecovered", benchFloat(*t.RecoveryS))
	}
	fmt.Fprintln(w)
}

func benchFloat(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }

// benchName writes a name so that it is one part of a benchmark's name: what the format or benchstat's own language
// would take for something else becomes %XX. Different names stay different.
func benchName(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r != unicode.ReplacementChar && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+", r)) {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
