package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing panics, every error has a place or is about the whole file, and what is accepted prints as a scenario that
// means the same. The plans of an accepted scenario have no NaN and no overflow in them.
func FuzzParse(f *testing.F) {
	bad, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, file := range append(bad, "calm.yaml", "flaky.yaml", "throttle.yaml", "storm.yaml", "calls.yaml") {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src, "repeats=2")
	}
	f.Add([]byte(withFaults), "faults.quota.throttle.burst=3")
	f.Add([]byte(withFaults), "contestants.fast.with=")
	f.Add([]byte(withFaults), `description="a\nb\t\u00e9\U0001F600 \x41\\ \"quoted\" # no comment"`)
	f.Add([]byte(withFaults), "contestants.fast.with={a: 0x10, b: 1_000, c: 1.50, d: true, e: [1, 2s], f: null, g: '~'}")
	f.Add([]byte(base), "workload.arrival_rate=1/h")
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		var sets []string
		if set != "" {
			sets = []string{set}
		}
		s, err := Parse("x", src, sets)
		if err != nil {
			checkError(t, err)
			var e *Error
			errors.As(err, &e)
			for _, p := range e.Problems {
				if p.Line > strings.Count(string(src), "\n")+strings.Count(string(src), "\r")+1 && p.Set == "" {
					t.Errorf("line %d is behind the end: %v", p.Line, err)
				}
			}
			return
		}
		again, err := Parse("resolved", s.Resolved(), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, s.Resolved())
		}
		same(t, s, again)
		if s.trials() > 1000 {
			return
		}
		if e := s.Estimate(); e.Bytes < 0 || e.Time < 0 {
			t.Errorf("%+v", e)
		}
		for _, c := range s.Grid() {
			if b, ok := s.Bound(1, c.PartSize, c.Concurrency); ok && !(b >= 0) {
				t.Errorf("bound %g", b)
			}
		}
	})
}
