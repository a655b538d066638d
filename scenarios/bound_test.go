package scenarios

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// base is a scenario that nothing bounds; tests change it with overrides.
const base = `
version: 1
name: base
workload: {object_size: 100MiB, part_size: 10MiB, concurrency: 4}
contestants: [no-retry]
`

func parsed(t *testing.T, sets ...string) *Scenario {
	t.Helper()
	s, err := Parse("base", []byte(base), sets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBound(t *testing.T) {
	const bucket = "faults=[{name: q, match: {op: upload_part}, throttle: {rate: 2/s, burst: 4}}]"
	for _, tt := range []struct {
		name string
		sets string
		want float64 // MiB/s; 0: no bound
	}{
		{"nothing bounds it", "", 0},
		{"shared link", "network.bandwidth=50MiB/s workload.clients=4", 50},
		{"link per client", "network.bandwidth=50MiB/s workload.clients=4 network.scope=client", 200},
		// Ten parts over four connections take three rounds.
		{"link per connection", "network.bandwidth=10MiB/s network.scope=connection", 100.0 / 3},
		{"more connections than parts", "network.bandwidth=10MiB/s network.scope=connection workload.concurrency=64", 100},
		{"open loop opens connections", "network.bandwidth=10MiB/s network.scope=connection workload.arrival_rate=1/s workload.objects=3", 0},
		// Ten parts, four of them from the burst: six tokens at two per second.
		{"bucket", bucket, 100.0 / 3},
		{"the slower limit decides", bucket + " network.bandwidth=20MiB/s", 20},
		{"bucket that every call pays", bucket + " faults.q.match.op=", 100.0 / 4},
		{"bucket of all clients", bucket + " workload.clients=3", 300.0 / 13},
		{"bucket per client", bucket + " workload.clients=3 faults.q.throttle.scope=client", 100},
		{"bucket per key, one object after the other", bucket + " workload.objects=2 faults.q.throttle.scope=key", 100.0 / 3},
		{"bucket per key, open loop", bucket + " workload.objects=2 workload.arrival_rate=1/s faults.q.throttle.scope=key", 200.0 / 3},
		{"a client may open more connections", bucket + " faults.q.throttle.scope=connection", 0},
		{"burst pays for all", bucket + " faults.q.throttle.burst=10", 0},
		{"only parts 1 to 6 pay", bucket + " faults.q.match.parts=[1,2,3,4,5,6,99]", 100},
		{"one put_object goes round it", bucket + " workload.object_size=5MiB workload.objects=30", 0},
		{"one put_object pays too", bucket + " workload.object_size=5MiB workload.objects=30 faults.q.match.op=", 5 * 30 / 13.0},
		{"by chance", bucket + " faults.q.when.probability=50%", 0},
		{"in a window", bucket + " faults.q.when.to=1s", 100},
		{"in a phase", bucket + " phases=[{name:\u00a0a}] faults.q.when.phase=a", 100},
		{"by key", bucket + " faults.q.match.key=x*", 0},
		{"other calls", bucket + " faults.q.match.op=get_object", 0},
		{"create calls", bucket + " faults.q.match.op=create_upload workload.objects=10", 1000.0 / 3},
		{"the controller is one way of two", bucket + " faults.q.match.op=ucs_part_url workload.part_urls=ucs", 0},
		// Two tokens a second for ten seconds and four from the burst, 10 MiB each.
		{"duration", bucket + " workload.duration=10s", 24},
		{"duration that is long enough", bucket + " workload.duration=10s workload.objects=1", 100.0 / 3},
		{"duration that is too short", bucket + " workload.duration=2s workload.objects=1", 40},
		{"warm-up", bucket + " warm_up=1s", 50},
		{"over before the warm-up is", bucket + " warm_up=3s", 0},
		// Create, the last answer, complete: three round trips of 200 ms on top of 1 s.
		{"a link that waits", "network.bandwidth=100MiB/s network.latency=100ms", 100 / 1.6},
		{"a link that waits for every part", "network.bandwidth=100MiB/s network.latency=100ms workload.concurrency=1", 100 / 3.4},
		{"a link that others use meanwhile", "network.bandwidth=100MiB/s network.latency=100ms workload.clients=2 workload.objects=5", 100},
		// Every part is sent once in vain.
		{"lost answers", "network.bandwidth=50MiB/s faults=[{name:\u00a0r,\u00a0when:\u00a0{first:\u00a01},\u00a0match:\u00a0{op:\u00a0upload_part},\u00a0reset:\u00a0{at:\u00a0after_commit}}]", 25},
		// Create, three rounds of parts, complete: five round trips of 2 s.
		{"latency", "network.bandwidth=1GiB/s network.latency=1s", 10},
		{"latency alone is no bound", "network.latency=1s", 0},
	} {
		var sets []string
		rest := tt.sets
		if strings.HasPrefix(rest, bucket) {
			sets, rest = append(sets, bucket), strings.TrimPrefix(rest, bucket)
		}
		for f := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ' ' }) {
			sets = append(sets, strings.ReplaceAll(f, "\u00a0", " "))
		}
		s := parsed(t, sets...)
		got, ok := s.Bound(1, int64(10*units.MiB), s.Workload.Concurrency[0])
		if ok != (tt.want > 0) || math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %g, %t; want %g", tt.name, got, ok, tt.want)
		}
	}
}

func TestEstimate(t *testing.T) {
	for _, tt := range []struct {
		sets  []string
		bytes units.Size
		time  time.Duration
		limit string
	}{
		{nil, 200 * units.MiB, 400 * time.Millisecond, "assumed speed"},
		{[]string{"repeats=3", "oracle=false"}, 300 * units.MiB, 600 * time.Millisecond, "assumed speed"},
		{[]string{"network.bandwidth=50MiB/s"}, 200 * units.MiB, 4 * time.Second, "bandwidth"},
		{[]string{"network.bandwidth=50MiB/s", "workload.duration=10s"}, 1000 * units.MiB, 20 * time.Second, "duration"},
		{[]string{"network.bandwidth=1MiB/s", "timeout=10s"}, 20 * units.MiB, 20 * time.Second, "timeout"},
		{[]string{"workload.arrival_rate=2/s", "workload.objects=11"}, 2200 * units.MiB, 10 * time.Second, "arrival rate"},
	} {
		s := parsed(t, tt.sets...)
		e := s.Estimate()
		if e.Bytes != int64(tt.bytes) || e.Time != tt.time || e.Cells[0].Limit != tt.limit {
			t.Errorf("%v: %s in %s by %s; want %s in %s by %s", tt.sets, units.Size(e.Bytes), e.Time, e.Cells[0].Limit, tt.bytes, tt.time, tt.limit)
		}
		if e.Cells[0].Parts != 10 {
			t.Errorf("%d parts, want 10", e.Cells[0].Parts)
		}
	}
}

func TestEstimateDoesNotOverflow(t *testing.T) {
	s := parsed(t, "workload.object_size=48TiB", "workload.part_size=5GiB", "workload.clients=10000", "workload.objects=1000000", "repeats=1000", "timeout=720h")
	if e := s.Estimate(); e.Bytes <= 0 || e.Time <= 0 {
		t.Errorf("%d bytes in %s", e.Bytes, e.Time)
	}
}

func TestGrid(t *testing.T) {
	s := parsed(t, "workload.part_size=[5MiB, 8MiB]", "workload.concurrency=[1, 2]", "contestants=[a, {name: b, as: c}]", "repeats=3")
	var got []string
	for _, c := range s.Grid() {
		got = append(got, fmt.Sprintf("%s/%s/%d×%d", c.Contestant, units.Size(c.PartSize), c.Concurrency, c.Repeats))
		if c.Oracle != (c.Contestant == OracleName) {
			t.Errorf("%s: oracle %t", c.Contestant, c.Oracle)
		}
	}
	want := "oracle/5MiB/1×3 a/5MiB/1×3 c/5MiB/1×3 oracle/5MiB/2×3 a/5MiB/2×3 c/5MiB/2×3 " +
		"oracle/8MiB/1×3 a/8MiB/1×3 c/8MiB/1×3 oracle/8MiB/2×3 a/8MiB/2×3 c/8MiB/2×3"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if n := s.Estimate().Trials; n != 36 {
		t.Errorf("%d trials, want 36", n)
	}
}
