package strategies

import (
	"math"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReadHint(t *testing.T) {
	now := noon.Add(time.Hour) // this machine's clock is an hour fast
	for _, tt := range []struct {
		name   string
		status int
		header http.Header
		want   Hint
	}{
		{"nothing", 503, http.Header{}, Hint{}},
		{"seconds", 429, http.Header{"Retry-After": {"7"}}, Hint{Given: true, After: 7 * s, Form: Seconds}},
		{"on any error", 404, http.Header{"Retry-After": {"7"}}, Hint{Given: true, After: 7 * s, Form: Seconds}},
		{"on a redirect", 301, http.Header{"Retry-After": {"7"}}, Hint{Given: true, After: 7 * s, Form: Seconds}},
		{"on success", 200, http.Header{"Retry-After": {"7"}}, Hint{}},
		{"two lines", 429, http.Header{"Retry-After": {"7", "8"}}, Hint{}},
		{"not a number", 429, http.Header{"Retry-After": {"soon"}}, Hint{}},
		{"negative", 429, http.Header{"Retry-After": {"-1"}}, Hint{}},
		{"a date, by the server's clock", 503, http.Header{"Retry-After": {"Thu, 01 Oct 2026 12:00:30 GMT"}, "Date": {"Thu, 01 Oct 2026 12:00:00 GMT"}}, Hint{Given: true, After: 30 * s, Form: Date}},
		{"a date, by ours", 503, http.Header{"Retry-After": {"Thu, 01 Oct 2026 13:00:30 GMT"}}, Hint{Given: true, After: 30 * s, Form: Date}},
		{"retry-after-ms", 503, http.Header{"Retry-After-Ms": {"250"}, "Retry-After": {"1"}}, Hint{Given: true, After: 250 * ms, Form: Milliseconds}},
		{"x-ms-retry-after-ms", 503, http.Header{"X-Ms-Retry-After-Ms": {"250"}}, Hint{Given: true, After: 250 * ms, Form: Milliseconds}},
		{"x-amz-retry-after", 503, http.Header{"X-Amz-Retry-After": {"250"}}, Hint{Given: true, After: 250 * ms, Form: Milliseconds}},
		{"milliseconds that are none", 503, http.Header{"Retry-After-Ms": {"1.5"}, "X-Amz-Retry-After": {"-3"}, "Retry-After": {"1"}}, Hint{Given: true, After: s, Form: Seconds}},
		{"milliseconds without end", 503, http.Header{"Retry-After-Ms": {strings.Repeat("9", 30)}}, Hint{Given: true, After: math.MaxInt64, Form: Milliseconds}},
		{"pushback", 503, http.Header{"Grpc-Retry-Pushback-Ms": {"40"}, "Retry-After": {"1"}}, Hint{Given: true, After: 40 * ms, Form: Milliseconds}},
		{"pushback: do not retry", 503, http.Header{"Grpc-Retry-Pushback-Ms": {"-1"}, "Retry-After": {"1"}}, Hint{Stop: true}},
		{"pushback: unreadable", 503, http.Header{"Grpc-Retry-Pushback-Ms": {"later"}}, Hint{Stop: true}},
		{"limit", 200, http.Header{"Ratelimit": {`"a";r=5;t=10`}}, Hint{Limits: []Limit{{Policy: "a", Unit: "requests", Left: 5, HasLeft: true, Reset: 10 * s}}}},
		{"nothing left", 429, http.Header{"Ratelimit": {`"a";r=0;t=10, "b";r=0;t=3`}}, Hint{Given: true, After: 10 * s, Form: Reset, Limits: []Limit{
			{Policy: "a", Unit: "requests", HasLeft: true, Reset: 10 * s}, {Policy: "b", Unit: "requests", HasLeft: true, Reset: 3 * s}}}},
		{"Retry-After goes before t", 429, http.Header{"Ratelimit": {`"a";r=0;t=10`}, "Retry-After": {"2"}}, Hint{Given: true, After: 2 * s, Form: Seconds, Limits: []Limit{
			{Policy: "a", Unit: "requests", HasLeft: true, Reset: 10 * s}}}},
		{"from a cache", 200, http.Header{"Ratelimit": {`"a";r=5;t=10`}, "Age": {"30"}}, Hint{}},
		{"of age 0", 200, http.Header{"Ratelimit": {`"a";r=5`}, "Age": {"0"}}, Hint{Limits: []Limit{{Policy: "a", Unit: "requests", Left: 5, HasLeft: true, Reset: -1}}}},
	} {
		if got := ReadHint(tt.status, tt.header, now); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestParseRateLimit(t *testing.T) {
	for _, tt := range []struct {
		name              string
		rateLimit, policy []string
		want              []Limit
	}{
		{"the draft's example", []string{`"default";r=50;t=30`}, []string{`"burst";q=100;w=60`, `"daily";q=1000;w=86400`}, []Limit{
			{Policy: "burst", Unit: "requests", Quota: 100, Window: time.Minute, Reset: -1},
			{Policy: "daily", Unit: "requests", Quota: 1000, Window: 24 * time.Hour, Reset: -1},
			{Policy: "default", Unit: "requests", Left: 50, HasLeft: true, Reset: 30 * s}}},
		{"joined by name", []string{`"up";r=5;t=1`}, []string{`"up";q=10;qu="content-bytes";w=1`}, []Limit{
			{Policy: "up", Unit: "content-bytes", Quota: 10, Window: s, Left: 5, HasLeft: true, Reset: s}}},
		{"joined by key", []string{`"up";r=5;pk=:YQ==:, "up";r=6;pk=:Yg==:`}, []string{`"up";q=10;pk=:YQ==:`}, []Limit{
			{Policy: "up", Key: "a", Unit: "requests", Quota: 10, Left: 5, HasLeft: true, Reset: -1},
			{Policy: "up", Key: "b", Unit: "requests", Left: 6, HasLeft: true, Reset: -1}}},
		{"one malformed field does not spoil the other", []string{`"up";r=`}, []string{`"up";q=10`}, []Limit{{Policy: "up", Unit: "requests", Quota: 10, Reset: -1}}},
		{"without what it must have", []string{`"up";t=3`}, []string{`"up";w=3`}, nil},
		{"not a name", []string{`up;r=3`, `5;r=3`, `("up");r=3`}, nil, nil},
		{"not an integer", []string{`"a";r=1.5, "b";r="1", "c";r=-1, "d";r=?1`}, nil, nil},
		{"t is no integer", []string{`"a";r=1;t=-5`}, nil, []Limit{{Policy: "a", Unit: "requests", Left: 1, HasLeft: true, Reset: -1}}},
		{"the largest number there is", []string{`"a";r=999999999999999;t=999999999999999`}, nil, []Limit{{Policy: "a", Unit: "requests", Left: 999999999999999, HasLeft: true, Reset: math.MaxInt64}}},
		{"empty", nil, []string{""}, nil},
	} {
		if got := ParseRateLimit(tt.rateLimit, tt.policy); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
	if got := ParseRateLimit([]string{strings.Repeat(`"a";r=1,`, 40) + `"a";r=1`}, nil); len(got) != 1 {
		t.Errorf("the same name forty times: %d limits", len(got))
	}
	if got := ParseRateLimit([]string{`"` + strings.Repeat("a", maxLimitField) + `";r=1`}, nil); got != nil {
		t.Error("a field of over 4 KiB was read")
	}
}

// The policy's answer to a hint: floor, jitter on one side, cap or fail.
func TestPolicyHints(t *testing.T) {
	hint := func(d time.Duration) Outcome { return Outcome{Status: 429, Hint: Hint{Given: true, After: d}} }
	p := Policy{Attempts: 3, When: Transient(), Backoff: Constant{s}, MaxHint: time.Minute, HintJitter: 2 * s}
	cut := p
	cut.LongHint = CapLongHint
	deaf := p
	deaf.IgnoreHint = true
	for _, tt := range []struct {
		name   string
		p      Policy
		o      Outcome
		number float64
		wait   time.Duration
		retry  bool
	}{
		{"floor and jitter", p, hint(10 * s), 0.5, 11 * s, true},
		{"no jitter below", p, hint(10 * s), 0, 10 * s, true},
		{"shorter than the backoff", p, hint(0), 0.25, 1500 * ms, true},
		{"no hint, no jitter", p, Outcome{Status: 429}, 0.5, s, true},
		{"as long as allowed", p, hint(time.Minute), 0, time.Minute, true},
		{"longer: fail", p, hint(61 * s), 0, 0, false},
		{"longer: cap", cut, hint(time.Hour), 0.5, 61 * s, true},
		{"without end", Policy{Attempts: 3, When: Transient(), HintJitter: s}, hint(math.MaxInt64), 0.5, math.MaxInt64, true},
		{"do not come back", p, Outcome{Status: 503, Hint: Hint{Stop: true}}, 0, 0, false},
		{"deaf", deaf, hint(time.Hour), 0, s, true},
		{"deaf to the end", deaf, Outcome{Status: 503, Hint: Hint{Stop: true}}, 0, s, true},
	} {
		wait, retry := tt.p.For(&Call{Idempotent: true, Rand: numbers(tt.number)}).Next(1, tt.o)
		if wait != tt.wait || retry != tt.retry {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, wait, retry, tt.wait, tt.retry)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		after := time.Duration(rapid.Int64Min(0).Draw(t, "after"))
		p := Policy{Attempts: 2, When: Transient(), Backoff: FullJitter{Exponential{Base: s}}, HintJitter: time.Duration(rapid.Int64Min(0).Draw(t, "jitter"))}
		if wait, retry := p.For(&Call{Rand: numbers(0.5, rapid.Float64Range(0, 0.99).Draw(t, "n"))}).Next(1, hint(after)); !retry || wait < after {
			t.Fatalf("asked for %v, waits %v", after, wait)
		}
	})
}

func FuzzReadHint(f *testing.F) {
	f.Add(429, "Ratelimit", `"a";r=0;t=10`)
	f.Add(503, "Ratelimit-Policy", `"a";q=1;qu="content-bytes";pk=:YQ==:`)
	f.Add(503, "Retry-After-Ms", "250")
	f.Add(503, "Grpc-Retry-Pushback-Ms", "-1")
	f.Add(503, "Retry-After", "Thu, 01 Oct 2026 12:00:30 GMT")
	f.Fuzz(func(t *testing.T, status int, name, value string) {
		h := ReadHint(status, http.Header{http.CanonicalHeaderKey(name): {value}}, noon)
		if h.After < 0 || !h.Given && h.After != 0 || h.Stop && h.Given {
			t.Fatalf("%d %s: %q is %+v", status, name, value, h)
		}
		if len(h.Limits) > 2*maxItems {
			t.Fatalf("%d limits", len(h.Limits))
		}
		for _, l := range h.Limits {
			if l.Quota < 0 || l.Left < 0 || l.Window < 0 {
				t.Fatalf("%q is %+v", value, l)
			}
		}
	})
}
