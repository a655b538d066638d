package report

import (
	"io"
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
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeLatency(dir, Analyse(r)); err != nil {
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
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "details.jsonl:1: the histogram response of trial 7 cannot be read") {
		t.Errorf("error %v", err)
	}
}

func TestHistogramsOfAnotherKind(t *testing.T) {
	encode := func(h *hdrhistogram.Histogram, n int64) string {
		if err := h.RecordValues(1000, n); err != nil {
			t.Fatal(err)
		}
		b, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	good := encoded(t, 10)
	if err := checkHistograms(&record.Detail{Response: good, EarlyBy: good}); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]string{
		"range":       encode(hdrhistogram.New(1, 1e9, 3), 1),
		"lowest":      encode(hdrhistogram.New(1000, 1e12, 3), 1),
		"digits":      encode(hdrhistogram.New(1, 1e12, 2), 1),
		"count":       encode(hdrhistogram.New(1, 1e12, 3), 1<<62),
		"empty":       "=",
		"no base64":   "{}",
		"header only": good[:12],
		"cut off":     good[:len(good)/2/4*4],
	} {
		err := checkHistograms(&record.Detail{Trial: 7, Service: bad})
		if err == nil || !strings.Contains(err.Error(), "service of trial 7 cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
		if Histogram(bad).Unpack() != nil {
			t.Errorf("%s was unpacked", name)
		}
	}
}

// What can be read can be merged with any other, without loss, and printed.
func FuzzHistogram(f *testing.F) {
	good := encoded(f, 1, 20, 300)
	f.Add(good)
	f.Add(good[:len(good)/2/4*4])
	f.Add("HISTFAAA")
	f.Fuzz(func(t *testing.T, data string) {
		h, err := unpack(data)
		if err != nil {
			return
		}
		sum := merge([]Histogram{Histogram(good), Histogram(data)}).Unpack()
		if sum.TotalCount() != h.TotalCount()+3 {
			t.Fatalf("%d and 3 are %d", h.TotalCount(), sum.TotalCount())
		}
		if _, err := h.PercentilesPrint(io.Discard, ticks, 1000); err != nil {
			t.Fatal(err)
		}
	})
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
