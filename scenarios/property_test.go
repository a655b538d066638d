package scenarios

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/internal/units"
)

// A resolved scenario, whatever is in it, prints as YAML that parses to the same scenario.
func TestResolvedParsesToTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := draw(rt)
		s.resolve()
		again, err := Parse("resolved", s.Resolved(), nil)
		if err != nil {
			rt.Fatalf("%v\n%s", err, s.Resolved())
		}
		same(t, s, again)
	})
}

// draw makes any valid scenario.
func draw(t *rapid.T) *Scenario {
	name := rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_.-]{0,20}`)
	words := rapid.StringMatching(`[ -~äß世😀]{1,30}`)
	duration := rapid.Map(rapid.Int64Range(1, int64(time.Hour)), func(n int64) units.Duration { return units.Duration(n) })
	share := rapid.Map(rapid.Float64Range(1e-9, 1), func(f float64) units.Share { return units.Share(f) })
	seconds := rapid.Map(rapid.IntRange(1, 90), func(n int) units.Duration { return units.Duration(n) * units.Duration(time.Second) })
	s := &Scenario{
		Version:     1,
		Name:        name.Draw(t, "name"),
		Description: words.Draw(t, "description"),
		Seed:        rapid.Uint64().Draw(t, "seed"),
		Network: Network{
			Latency:   duration.Draw(t, "latency"),
			Bandwidth: units.Bandwidth(rapid.Int64Range(1, 1<<50).Draw(t, "bandwidth")),
		},
		Workload: Workload{
			ObjectSize:  units.Size(rapid.Int64Range(1, 1<<34).Draw(t, "object size")),
			PartSize:    rapid.SliceOfNDistinct(rapid.Map(rapid.Int64Range(5<<20, 5<<30), func(n int64) units.Size { return units.Size(n) }), 1, 3, rapid.ID).Draw(t, "part size"),
			Concurrency: rapid.SliceOfNDistinct(rapid.IntRange(1, 1024), 1, 3, rapid.ID).Draw(t, "concurrency"),
		},
		Phases:  []Phase{{Name: "first", For: duration.Draw(t, "for")}, {Name: "last"}},
		Repeats: rapid.IntRange(0, 9).Draw(t, "repeats"),
	}
	if rapid.Bool().Draw(t, "ghga") {
		s.Workload.Kind, s.Workload.Objects = KindGHGA, 2
		s.Workload.Do = rapid.SampledFrom([]string{"", DoUpload, DoDownload, DoDelete}).Draw(t, "do")
		s.GHGA.TokenLifetime = seconds.Draw(t, "token lifetime")
		s.GHGA.SharedBox = s.Workload.Do != DoDownload && rapid.Bool().Draw(t, "shared box")
		s.GHGA.CorrelationIDs = rapid.SampledFrom([]string{"", CorrelationGenerated, CorrelationRequired}).Draw(t, "correlation IDs")
		if s.Workload.Do != DoDownload && rapid.Bool().Draw(t, "cleanup") { // within the default timeout
			s.GHGA.CleanupInterval = units.Duration(rapid.IntRange(1, 119_999).Draw(t, "cleanup interval")) * units.Duration(time.Millisecond)
			s.GHGA.UploadTTL = seconds.Draw(t, "upload TTL")
		}
		if s.Workload.Do == DoDelete { // has no grid
			s.Workload.PartSize, s.Workload.Concurrency = s.Workload.PartSize[:1], s.Workload.Concurrency[:1]
		}
		if s.Workload.Do == DoDownload {
			s.GHGA.Staging = min(duration.Draw(t, "staging"), units.Duration(119*time.Second)) // within the default timeout
		}
	}
	if rapid.Bool().Draw(t, "oracle") {
		s.Oracle = new(bool)
	}
	with := rapid.MapOfN(name, words, 0, 3)
	for _, as := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z0-9][A-Za-z0-9_.+=@/-]{0,20}`), 1, 4, rapid.ID).Draw(t, "as") {
		if as == OracleName {
			continue
		}
		c := Contestant{Name: words.Draw(t, "contestant"), As: as}
		if rapid.Bool().Draw(t, "with") {
			c.With = with.Draw(t, "parameters")
		}
		s.Contestants = append(s.Contestants, c)
		limit := float64(rapid.IntRange(-1e9, 1e9).Draw(t, "limit")) / 1e6
		th := Threshold{Contestant: as, Metric: "efficiency"}
		switch rapid.IntRange(0, 3).Draw(t, "which") {
		case 0:
			th.Min = &limit
		case 1:
			th.Max = &limit
		case 2:
			th.Above = &limit
		case 3:
			th.Below = &limit
		}
		s.Thresholds = append(s.Thresholds, th)
	}
	for _, rule := range rapid.SliceOfNDistinct(name, 0, 4, rapid.ID).Draw(t, "rules") {
		r := faultserver.Rule{Name: rule}
		if rapid.Bool().Draw(t, "when") {
			r.Match.Op = []string{"upload_part", "other"}
			r.When = faultserver.When{Probability: share.Draw(t, "p"), To: duration.Draw(t, "to"), Phase: []string{"last"}}
		}
		switch rapid.IntRange(0, 3).Draw(t, "fault") {
		case 0:
			rate := units.Rate(rapid.Float64Range(1e-6, 1e9).Draw(t, "rate"))
			r.Throttle = &faults.Throttle{Rate: rate, Limited: faults.Limited{Status: 503, Answer: faults.Answer{RetryAfter: faults.RetryAfter{Form: "http_date"}}}}
		case 1:
			r.Status = &faults.Status{Code: rapid.IntRange(400, 599).Draw(t, "code")}
			r.Status.RetryAfter.Value = seconds.Draw(t, "value")
		case 2:
			r.Reset = &faults.Reset{Cut: faults.Cut{At: "mid_body", Share: share.Draw(t, "share")}}
		case 3:
			r.Latency = &faults.Latency{Jitter: duration.Draw(t, "jitter")}
		}
		s.Faults = append(s.Faults, r)
	}
	return s
}
