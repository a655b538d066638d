package main

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/bubble"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/internal/virtual"
	"github.com/ratebench/ratebench/scenarios"
)

// inVirtualTime runs all trials of a scenario in bubbles of this process. Each must come to a clean end, without a goroutine
// left, and its records must reconcile.
func inVirtualTime(t *testing.T, name string, source []byte, set ...string) []*runner.Outcome {
	t.Helper()
	job := virtual.Job{File: name, Source: source, Set: set, Stall: time.Minute}
	run, limit, err := buildTrials(job)
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Parse(name, source, nil, scenarioOptions(set)...)
	if err != nil {
		t.Fatal(err)
	}
	var all []*runner.Outcome
	for _, trial := range trials.NewPlan(s).Trials {
		out, clean := virtual.Bubble(t, trial, run, bubble.Limits{Virtual: limit, Stall: job.Stall, Stuck: func(e *bubble.StuckError) {
			panic(e)
		}})
		if !clean || strings.Contains(out.Row.Problem, "differ") {
			t.Errorf("%s, %s: %s\n%s", name, trial.Contestant, out.Row.Problem, out.Stacks)
		}
		all = append(all, out)
	}
	return all
}

func shipped(t *testing.T, name string, set ...string) []*runner.Outcome {
	t.Helper()
	src, err := scenarios.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return inVirtualTime(t, name, src, set...)
}

func rows(all []*runner.Outcome) []record.Trial {
	var out []record.Trial
	for _, o := range all {
		out = append(out, o.Row)
	}
	return out
}

// small makes the shipped scenarios fit for a test.
var small = map[string][]string{
	"throttle":         {"workload.object_size=100MiB", "workload.stand_in=64KiB", "contestants=[immediate,exponential,shared-pause,ghga-python]"},
	"flaky":            {"workload.object_size=48MiB", "workload.part_size=5MiB", "workload.payload=counted", "contestants=[no-retry,exponential,ghga-python]"},
	"storm":            {"workload.payload=counted"},
	"fleet-quota":      {"workload.clients=500", "faults.quota.throttle.rate=95/s", "faults.quota.throttle.burst=50", "workload.records=aggregate"},
	"fleet-herd":       {"workload.clients=500", "faults.window.fixed_window.limit=400", "workload.records=aggregate"},
	"fleet-metastable": {"workload.clients=200", "faults.service.metastable.workers=5", "faults.service.metastable.length=300"},
	"calls":            nil,
	"ghga-upload":      {"workload.object_size=12MiB", "workload.objects=1", "contestants=[connector-as-is, connector-fixed]", "oracle=false"},
	"ghga-download":    {"workload.object_size=8MiB", "oracle=false"},
	"ghga-delete":      {"workload.objects=3", "oracle=false"},
	"ghga-quota":       {"workload.object_size=16MiB", "workload.clients=2", "ghga.part_url_buildup=1", "contestants=[connector-as-is, connector-fixed]"},
	"fleet-day":        {"workload.clients=5", "faults.brown-out.throttle.rate=0.1/s", "faults.brown-out.throttle.burst=2"},
}

// The same seed gives the same trials, to the last digit.
func TestVirtualTimeRepeats(t *testing.T) {
	t.Parallel()
	names, again := slices.Sorted(maps.Keys(small)), 2
	if raceEnabled { // whose detector takes ten times as long
		names, again = []string{"throttle", "fleet-herd"}, 1
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			small := small
			if raceEnabled {
				small = map[string][]string{
					"throttle":   append(small["throttle"][:2:2], "contestants=[shared-pause]"),
					"fleet-herd": {"workload.clients=60", "faults.window.fixed_window.limit=50", "workload.records=aggregate"},
				}
			}
			first := rows(shipped(t, name, small[name]...))
			for _, r := range first {
				if r.Status != record.TrialOK {
					t.Errorf("%s: %s", r.Contestant, r.Problem)
				}
			}
			for range again {
				next := rows(shipped(t, name, small[name]...))
				for i := range first {
					if !reflect.DeepEqual(first[i], next[i]) {
						t.Errorf("%s differs:\n%s\n%s", first[i].Contestant, show(first[i]), show(next[i]))
					}
				}
			}
		})
	}
}

func show(r record.Trial) string {
	var b strings.Builder
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		fmt.Fprintf(&b, "%s=%v ", v.Type().Field(i).Name, f)
	}
	return b.String()
}

const fleet = `
version: 1
name: fleet
network: {latency: 3ms, bandwidth: 100MiB/s}
workload:
  kind: calls
  clients: 40
  object_size: 20KiB
  arrival_rate: 1/s
  duration: 30s
phases: [{name: calm, for: 10s}, {name: trouble, for: 10s}, {name: after}]
faults:
  - {name: slow, match: {op: put_object}, when: {probability: 20%}, latency: {add: 30ms, jitter: 40ms}}
  - {name: lost, match: {op: put_object}, when: {probability: 3%}, reset: {at: after_commit}}
  - {name: cut, match: {op: put_object}, when: {probability: 3%}, reset: {at: before_body}}
  - {name: busy, match: {op: put_object}, when: {phase: trouble, probability: 60%}, status: {code: 503, s3_code: SlowDown, retry_after: {value: 1s}}}
contestants: [exponential, shared-pause, immediate]
oracle: false
`

// The direct wire and HTTP decide the same for the same seed.
func TestDirectDecidesAsHTTP(t *testing.T) {
	decisions := func(wire string) map[string]string {
		all := map[string]string{}
		for _, o := range inVirtualTime(t, "fleet", []byte(fleet), "workload.wire="+wire) {
			for _, l := range o.Ledger {
				if l.Kind == record.LedgerAttempt {
					all[fmt.Sprint(o.Row.Contestant, " object ", l.Object, " attempt ", l.Attempt)] = fmt.Sprint(l.Rule, " ", l.Fault, " ", l.Status, " ", l.Hint)
				}
			}
		}
		return all
	}
	direct, http := decisions("direct"), decisions("http")
	same, faults := 0, 0
	for id, d := range direct {
		if http[id] == d {
			same++
		} else if testing.Verbose() {
			t.Logf("%s: direct %q, http %q", id, d, http[id])
		}
		if !strings.HasPrefix(d, "  200") {
			faults++
		}
	}
	// An attempt within milliseconds of the edge of the trouble may fall on its other side, and is followed by others.
	if n := max(len(direct), len(http)); faults < 500 || float64(same) < 0.99*float64(n) {
		t.Errorf("%d decisions on the direct wire, %d over HTTP, %d of them the same, %d faults", len(direct), len(http), same, faults)
	}
}

// A client of the direct wire that stops waiting leaves the handler behind, as over HTTP: what the service does for
// those who have left is the whole point of a metastable failure.
func TestDirectLeavesHandlersBehind(t *testing.T) {
	t.Parallel()
	if raceEnabled { // what races do not need many clients to show
		for _, r := range rows(shipped(t, "fleet-metastable", "workload.clients=30", "faults.service.metastable.workers=1", "faults.service.metastable.length=45")) {
			if r.Status != record.TrialOK || r.FailedCalls == 0 {
				t.Errorf("%s", show(r))
			}
		}
		return
	}
	direct := rows(shipped(t, "fleet-metastable", append(small["fleet-metastable"], "workload.wire=direct")...))
	http := rows(shipped(t, "fleet-metastable", append(small["fleet-metastable"], "workload.wire=http")...))
	for i, d := range direct {
		h := http[i]
		if d.Status != record.TrialOK || h.Status != record.TrialOK {
			t.Errorf("%s: %s, %s", d.Contestant, d.Problem, h.Problem)
		}
		if math.Abs(float64(d.Attempts)/float64(h.Attempts)-1) > 0.03 || math.Abs(float64(d.FailedCalls)/float64(h.FailedCalls)-1) > 0.05 {
			t.Errorf("%s differs:\ndirect %s\nhttp   %s", d.Contestant, show(d), show(h))
		}
		if (d.Contestant == "no-retry") == d.RecoveryCensored || d.RecoveryCensored != h.RecoveryCensored {
			t.Errorf("%s: recovery %v, censored %v; over HTTP %v, %v", d.Contestant, *d.RecoveryS, d.RecoveryCensored, *h.RecoveryS, h.RecoveryCensored)
		}
		if d.WallS > 151 {
			t.Errorf("%s went on for %v s", d.Contestant, d.WallS)
		}
	}
}

// Records that are added up while they come give the numbers of those that are kept.
func TestAggregateGivesTheSameNumbers(t *testing.T) {
	wires := []string{"direct", "http", "direct, mixed", "http, mixed"}
	if raceEnabled {
		wires = wires[2:3] // TestMixedCallsRepeat has the others
	}
	for _, wire := range wires {
		kind, mixed := strings.CutSuffix(wire, ", mixed")
		set, source := []string{"workload.wire=" + kind, "warm_up=2s"}, fleet
		if mixed {
			source = mixedFleet
		}
		kept := inVirtualTime(t, "fleet", []byte(source), append(set, "workload.records=attempts")...)
		added := inVirtualTime(t, "fleet", []byte(source), append(set, "workload.records=aggregate")...)
		for i := range kept {
			a, b := kept[i].Row, added[i].Row
			if n := len(added[i].Attempts); n > 0 {
				t.Errorf("%d attempts were kept", n)
			}
			if strings.HasPrefix(wire, "http") && a.Connections == nil {
				t.Errorf("%s, %s: no connections", wire, a.Contestant)
			}
			sameNumbers(t, wire+", "+a.Contestant, a, b)
			ok := 0
			for _, tick := range added[i].Timeline {
				ok += tick.OK
			}
			if mixed && (a.Duplicates == nil || *a.Duplicates == 0) {
				t.Errorf("%s, %s: nothing was carried out twice", wire, a.Contestant)
			}
			if w := record.BinWidth(added[i].Timeline); w != record.WideBinS || ok == 0 {
				t.Errorf("the timeline's bins are %v s wide and count %d successes", w, ok)
			}
		}
	}
}

// sameNumbers compares a trial's row with that of the same trial whose records were added up.
func sameNumbers(t *testing.T, name string, kept, added record.Trial) {
	t.Helper()
	// What a wait for a connection is cannot be added up: it counts for the server.
	if kept.ServerS != nil && kept.ConnectionS != nil && kept.SendingS != nil {
		all := *kept.ServerS + *kept.ConnectionS + *kept.SendingS
		kept.ServerS = &all
	}
	unknown := []string{"Connections", "MissedRetries", "SlotS", "ConnectionS", "SendingS", "HintCompliance", "LateByS", "LateByMaxS"}
	// Forty small calls per second are a noisy goodput in tenths of a second, and a smooth one in seconds.
	byBins := []string{"RecoveryS", "RecoveryCensored", "AreaLostMiB", "Overshoot"}
	a, b := reflect.ValueOf(kept), reflect.ValueOf(added)
	for i := range a.NumField() {
		field, x, y := a.Type().Field(i).Name, a.Field(i), b.Field(i)
		pointer := x.Kind() == reflect.Pointer
		switch {
		case slices.Contains(unknown, field):
			if !y.IsNil() {
				t.Errorf("%s: %s is known only where attempts are kept", name, field)
			}
			continue
		case pointer && x.IsNil() != y.IsNil():
			t.Errorf("%s: %s is known on one side alone:\n%s\n%s", name, field, show(kept), show(added))
			continue
		case slices.Contains(byBins, field) || pointer && x.IsNil():
			continue
		case pointer:
			x, y = x.Elem(), y.Elem()
		}
		if x.Kind() != reflect.Float64 {
			if !x.Equal(y) {
				t.Errorf("%s: %s is %v, added up %v", name, field, x, y)
			}
			continue
		}
		near := 1e-9 * max(1, math.Abs(x.Float())) // sums in another order
		if strings.HasPrefix(field, "P") || strings.HasPrefix(field, "Service") || field == "EarlyByS" {
			near = 0.002*x.Float() + 1e-5 // from histograms of three digits
		}
		if math.Abs(x.Float()-y.Float()) > near {
			t.Errorf("%s: %s is %v, added up %v", name, field, x, y)
		}
	}
}

// notInRun reports whether an example is for serve alone.
func notInRun(src []byte) bool {
	s, err := scenarios.Parse("example", src, nil, scenarioOptions(nil)...)
	return strings.Contains(string(src), "\n# Not in run:") || err == nil && trials.ActsInRun(s) != nil
}

// Every kind of fault that acts in a run acts in virtual time too, and leaves nothing behind.
func TestEveryFaultInVirtualTime(t *testing.T) {
	for _, name := range scenarios.Examples() {
		src, err := scenarios.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if notInRun(src) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if raceEnabled && strings.Contains(string(src), "minio-go") {
				t.Skip("minio-go races with itself when it repeats a body")
			}
			var set []string
			if raceEnabled {
				set = []string{"oracle=false"}
			}
			for _, o := range inVirtualTime(t, name, src, set...) {
				acted := false
				for _, l := range o.Ledger {
					acted = acted || l.Rule != "" || l.Kind == record.LedgerFault
				}
				if !acted {
					t.Errorf("no fault acted on %s", o.Row.Contestant)
				}
			}
		})
	}
}
