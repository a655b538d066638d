package report

import (
	"fmt"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/metrics"
	"github.com/ratebench/ratebench/internal/record"
)

// The page's percentiles are those of the trial: the same rank, however few the calls.
func TestPercentilesAreOfTheSameRank(t *testing.T) {
	for n := 1; n <= 120; n++ {
		in := metrics.Input{WallS: 1000}
		h := hdrhistogram.New(metrics.ShortestTook, metrics.LongestTook, metrics.TookDigits)
		for i := range n {
			took := 0.1 + 0.01*float64(i)
			in.Attempts = append(in.Attempts, record.Attempt{
				Client: 1, Call: record.CallName("upload_part", 1, i+1), Op: "upload_part", Attempt: 1, StartS: float64(i), TookS: took, Status: 200, Bytes: 1,
			})
			if err := h.RecordValue(int64(took*1e6 + 0.5)); err != nil {
				t.Fatal(err)
			}
		}
		in.Objects = []record.Object{{Client: 1, Ordinal: 1, Size: int64(n), Verified: true}}
		row, points := metrics.Of(in).Trial, longerOf(h)
		for share, want := range map[float64]float64{0.5: row.P50S, 0.05: row.P95S, 0.01: row.P99S} {
			if p, ok := pointAt(points, share); ok && fmt.Sprintf("%.2f", p.S) != fmt.Sprintf("%.2f", want) {
				t.Errorf("%d calls: %g of them took longer than %v s on the page, than %v s in the table", n, share, p.S, want)
			}
		}
	}
}
