package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

const thresholdsOf = `version: 1
name: x
workload: {object_size: 64MiB, part_size: 8MiB, concurrency: 4}
phases: [{name: calm, for: 2s}, {name: in, for: 3s}, {name: after}]
contestants: [no-retry, {name: exponential, as: "exponential/base=1@x"}]
thresholds:
`

// Both forms say the same.
func TestThresholdLines(t *testing.T) {
	for line, want := range map[string]string{
		`recovery_s <= 8`:                       `{metric: recovery_s, max: 8}`,
		`recovery<8000ms`:                       `{metric: recovery_s, below: 8}`,
		`p95 > 1m30s in calm`:                   `{metric: p95_s, above: 90, phase: calm}`,
		`amplification <= 1.3 in after`:         `{metric: amplification, max: 1.3, phase: after}`,
		`amplification <= 130%   in   in`:       `{metric: amplification, max: 1.3, phase: in}`,
		`"no-retry: goodput_mib_s >= 40"`:       `{contestant: no-retry, metric: goodput_mib_s, min: 40}`,
		`' no-retry : goodput>=40 MiB/s '`:      `{contestant: no-retry, metric: goodput_mib_s, min: 40}`,
		`"exponential/base=1@x: early <= 0"`:    `{contestant: "exponential/base=1@x", metric: early, max: 0}`,
		`"oracle: efficiency >= 95%"`:           `{contestant: oracle, metric: efficiency, min: 0.95}`,
		`wasted_bytes <= 5MiB`:                  `{metric: wasted_bytes, max: 5242880}`,
		`area_lost <= 1GiB`:                     `{metric: area_lost_mib, max: 1024}`,
		`metastable <= 0`:                       `{metric: metastable, max: 0}`,
		`"no-retry: throughput >= 1 in calm"`:   `{contestant: no-retry, metric: throughput_mib_s, min: 1, phase: calm}`,
		`"no-retry: wasted_bytes <= 1 in calm"`: `{contestant: no-retry, metric: wasted_bytes, max: 1, phase: calm}`,
	} {
		a, err := Parse("line", []byte(thresholdsOf+"  - "+line+"\n"), nil)
		if err != nil {
			t.Error(err)
			continue
		}
		b, err := Parse("mapping", []byte(thresholdsOf+"  - "+want+"\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, a, b)
		again, err := Parse("resolved", a.Resolved(), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, a, again)
	}
}

// An override sets a threshold too, and its problems name it.
func TestThresholdOverride(t *testing.T) {
	s, err := Parse("x", []byte(thresholdsOf+"  - early <= 0\n"), []string{"thresholds.0=early <= 5"})
	if err != nil || *s.Thresholds[0].Max != 5 {
		t.Errorf("%v, %+v", err, s)
	}
	_, err = Parse("x", []byte(thresholdsOf+"  - early <= 0\n"), []string{"thresholds=[earyl <= 5]"})
	if err == nil || !strings.Contains(err.Error(), "--set thresholds=[earyl <= 5]: thresholds.0: \"earyl\" is no numeric column") {
		t.Error(err)
	}
}

// Short names mean one column each, and none is the name of another.
func TestShortNames(t *testing.T) {
	seen := map[string]string{}
	for _, m := range trialMeasures {
		for _, name := range []string{m.name, m.short()} {
			if other, ok := seen[name]; ok && other != m.name {
				t.Errorf("%s means %s and %s", name, other, m.name)
			}
			seen[name] = m.name
			if got, ok := measureOf(name); !ok || got.name != m.name {
				t.Errorf("%s means %s", name, got.name)
			}
		}
	}
	for _, name := range PhaseMetrics() {
		if !slices.Contains(Metrics(), name) {
			t.Errorf("%s is known by phase, and not of a trial", name)
		}
	}
}

// Nothing panics, places lie within the line, and what is taken means the same when it is written out.
func FuzzThreshold(f *testing.F) {
	for _, s := range []string{
		"recovery_s <= 8", "amplification <= 1.3 in storm", "exponential: goodput_mib_s >= 40 in calm", "p95 < 250ms", "a: b: c < 1",
		"efficiency>95 %", "wasted_bytes <= 5 MiB in in", ": <", "µ <= ", "goodput => 4", "early <= 99999999999999999999",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, bad := parseThreshold(text)
		if bad != nil {
			if bad.at < 0 || bad.at > len(text) || bad.message == "" {
				t.Errorf("%q: %+v", text, bad)
			}
			return
		}
		if math.IsNaN(l.limit) || l.limit < 0 || l.limit > maxNumber {
			t.Errorf("%q: the limit is %g", text, l.limit)
		}
		for _, p := range []part{l.contestant, l.op, l.value, l.phase} {
			if p.at < 0 || !strings.HasPrefix(text[p.at:], p.text) {
				t.Errorf("%q: %q does not stand at %d", text, p.text, p.at)
			}
		}
		out := fmt.Sprintf("%s %s %f", l.metric.text, l.op.text, l.limit)
		if l.contestant.text != "" {
			out = l.contestant.text + ": " + out
		}
		if l.phase.text != "" {
			out += " in " + l.phase.text
		}
		again, bad := parseThreshold(out)
		if bad != nil || again.contestant.text != l.contestant.text || again.phase.text != l.phase.text || math.Abs(again.limit-l.limit) > 1e-6 {
			t.Errorf("%q: %q is read as %+v, %v", text, out, again, bad)
		}
	})
}
