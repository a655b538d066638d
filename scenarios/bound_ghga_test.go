package scenarios

import (
	"math"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/internal/units"
)

// The sizes of the fact sheet: what the Connector makes of plain text with its 64 MiB.
func TestGHGASizes(t *testing.T) {
	const configured = int64(64 * units.MiB)
	w := &Workload{Kind: KindGHGA, Do: DoUpload}
	for _, tt := range []struct {
		plain, sealed, cut int64
		parts              int
	}{
		{1, 153, 67137536, 1},
		{64 << 20, 67137660, 67137536, 2},
		{1 << 30, 1074200700, 67137536, 17},
		{10 << 30, 10742005884, 67137536, 161},
		{1 << 40, 1099981389948, 110081956, 9993},
	} {
		sealed, cut := w.Brought(tt.plain), w.Cut(tt.plain, configured)
		if sealed != tt.sealed || cut != tt.cut || Parts(sealed, cut) != tt.parts {
			t.Errorf("%d bytes: %d in %d parts of %d, want %d in %d of %d", tt.plain, sealed, Parts(sealed, cut), cut, tt.sealed, tt.parts, tt.cut)
		}
	}
	if got := w.Cut(1<<20, 5<<20); got != 5_245_120 {
		t.Errorf("5 MiB are cut as %d", got)
	}
	w.Do = DoDownload
	if w.Cut(1<<20, 5<<20) != 5<<20 || w.Brought(64<<20) != 67137660-124 {
		t.Error("a download's ranges are as configured, and its header comes another way")
	}
}

func TestGHGABound(t *testing.T) {
	const (
		size   = 100.0                        // MiB
		sealed = (100 << 20) + 28*1600 + 124  // bytes
		less   = float64(100<<20) / sealed    // of the link is plain text
		link   = "network.bandwidth=50MiB/s " // alone: 50 × less
		bucket = "ghga.part_url_interval=1s " // 20 parts of 5 MiB as they are cut and one of the last 124 bytes, 10 of them from the burst
	)
	for _, tt := range []struct {
		name, sets string
		want       float64 // MiB/s of plain text; 0: no bound
	}{
		{"nothing bounds it", "", 0},
		{"the encrypted bytes cross the link", link, 50 * less},
		// Three before the first file; three tokens, creation, URL, the last answer, completion: ten round trips of 20 ms on top of 2 s.
		{"a link that waits", link + "network.latency=10ms", 100 / (2/less + 0.2)},
		{"two files on it", link + "network.latency=10ms workload.objects=2", 200 / (4/less + 0.34)},
		// Nobody can send before all has been asked for, nor after the last answer.
		{"a link for all that waits", link + "network.latency=10ms workload.clients=3 workload.objects=2", 600 / (12/less + 0.2)},
		{"bucket of part URLs", bucket, size / 11},
		{"bucket that holds enough", bucket + "ghga.part_url_buildup=21", 0},
		{"a bucket each", bucket + "workload.clients=3 workload.objects=2", 3 * size / 11},
		{"staging", "workload.do=download ghga.staging=4s", size / 4},
		{"files are staged at the same time", "workload.do=download workload.objects=4 ghga.staging=4s", 4 * size / 4},
		// Three before the first file, a token for it; of each file object, envelope and the last answer.
		{"staging before the transfers", link + "workload.do=download workload.objects=2 ghga.staging=4s network.latency=10ms", 200 / (4*float64(sealed-124)/(100<<20) + 4 + (3+1+2*3)*0.02)},
		{"staging while there is more to ask", link + "workload.do=download workload.objects=200 ghga.staging=4s network.latency=10ms", 20000 / (400*float64(sealed-124)/(100<<20) + (3+200*5)*0.02)},
		{"a download", link + "workload.do=download", 50 * float64(100<<20) / (sealed - 124)},
		{"deleting moves nothing", link + "workload.do=delete workload.objects=2", 0},
		// 21 parts at two a second, four of them from the burst.
		{"requests", "faults=[{name:\u00a0q,match:\u00a0{op:\u00a0upload_part},throttle:\u00a0{rate:\u00a02/s,burst:\u00a04}}]", size / 8.5},
		{"tokens", "faults=[{name:\u00a0q,match:\u00a0{op:\u00a0wps_token},throttle:\u00a0{rate:\u00a01/s,burst:\u00a01}}]", size / 2},
		{"the token of a download and its envelope", "workload.do=download faults=[{name:\u00a0q,match:\u00a0{op:\u00a0[wps_token,dcs_object,dcs_envelope]},throttle:\u00a0{rate:\u00a01/s,burst:\u00a01}}]", size / 2},
		{"ranges", "workload.do=download faults=[{name:\u00a0q,match:\u00a0{op:\u00a0get_object},throttle:\u00a0{rate:\u00a02/s,burst:\u00a01}}]", size / 10},
		{"bytes of requests say nothing of downloads", "workload.do=download faults=[{name:\u00a0q,byte_quota:\u00a0{rate:\u00a01MiB/s,burst:\u00a01MiB}}]", 0},
	} {
		sets := append([]string{"workload.kind=ghga", "workload.part_size=5MiB"}, strings.Fields(tt.sets)...)
		if i := strings.Index(tt.sets, "faults="); i >= 0 {
			sets = append([]string{"workload.kind=ghga", "workload.part_size=5MiB"}, strings.Fields(tt.sets[:i])...)
			sets = append(sets, strings.ReplaceAll(tt.sets[i:], "\u00a0", " "))
		}
		s, err := Parse("base", []byte(base), sets)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, ok := s.Bound(1, int64(5*units.MiB), 4)
		if ok != (tt.want > 0) || math.Abs(got-tt.want) > 1e-6*tt.want {
			t.Errorf("%s: %v %v, want %v", tt.name, got, ok, tt.want)
		}
	}
}
