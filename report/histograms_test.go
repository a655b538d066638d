package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ratebench/ratebench/internal/record"
)

// encoded is a histogram of milliseconds as details.jsonl has it.
func encoded(t testing.TB, ms ...int64) string {
	t.Helper()
	h := hdrhistogram.New(1, 1e12, 3)
	for _, v := range ms {
		if err := h.RecordValue(v * 1000); err != nil {
			t.Fatal(err)
		}
	}
	b, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHistogramsMerge(t *testing.T) {
	r := run(trialOf(1, "a", 1, 40), trialOf(2, "a", 2, 41), trialOf(3, "a", 3, 42, status(record.TrialFailed)))
	r.Details = map[int]*record.Detail{
		1: {Trial: 1, Response: encoded(t, 10, 20)}, 2: {Trial: 2, Response: encoded(t, 30)}, 3: {Trial: 3, Response: encoded(t, 999)},
	}
	h := Analyse(r).Cells[0].Rows[0].Histograms
	if h.Response == "" || h.Response.Unpack().TotalCount() != 3 || h.Service.Unpack() != nil {
		t.Fatalf("histograms = %+v", h)
	}
	for p, ms := range map[float64]float64{30: 10, 60: 20, 100: 30} {
		if got := float64(h.Response.Unpack().ValueAtPercentile(p)) / 1000; math.Abs(got-ms) > 0.01*ms {
			t.Errorf("p%v = %v ms, want %v", p, got, ms)
		}
	}
}

func TestLatencyFiles(t *testing.T) {
	dir := t.TempDir()
	storm.write(t, dir)
	f, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := f.AddDetail(record.Detail{Trial: 2, Response: encoded(t, 10, 20), Service: encoded(t, 5)}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir); err != nil {
		t.Fatal(err)
	}
	for name, most := range map[string]string{"response": "20.0", "service": "5.0"} {
		b, err := os.ReadFile(filepath.Join(dir, LatencyDir, "8MiB-c4-no-retry-"+name+".hgrm"))
		if err != nil || !strings.Contains(string(b), "Percentile") || !strings.Contains(string(b), most) {
			t.Errorf("%s: %v\n%s", name, err, b)
		}
	}
}

func TestDamagedHistogram(t *testing.T) {
	dir := t.TempDir()
	storm.write(t, dir)
	if err := os.WriteFile(filepath.Join(dir, record.DetailsFile), []byte(`{"trial":7,"response":"HISTFAAAnonsense"}`+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "response of trial 7 cannot be read") {
		t.Errorf("error %v", err)
	}
}

func TestFileNames(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"a", "a/b", "a%2Fb", "..", "%..", "", "%", "名前", strings.Repeat("x", 200), strings.Repeat("x", 201), "=cmd|'/c calc'"} {
		got := fileName(name)
		if strings.ContainsAny(got, `/\'"|`) || strings.Trim(got, ".") == "" || len(got) > 120 {
			t.Errorf("%q becomes %q", name, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q both become %q", name, other, got)
		}
		seen[got] = name
	}
}
