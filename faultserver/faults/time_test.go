package faults_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// timed serves requests inside a bubble and returns how long each takes to answer.
type timed struct {
	handler http.Handler
	client  string
}

func newTimed(t *testing.T, c faults.Config, backend http.HandlerFunc) *timed {
	t.Helper()
	if backend == nil {
		backend = store
	}
	fs, err := faultserver.New(faultserver.Options{Rules: one(c)})
	if err != nil {
		t.Fatal(err)
	}
	return &timed{fs.Handler(backend, ops.S3), "192.0.2.1:1"}
}

func (s *timed) put(key string, n int) (time.Duration, *httptest.ResponseRecorder) {
	r := httptest.NewRequest("PUT", "/bucket/"+key, strings.NewReader(strings.Repeat("x", n)))
	r.RemoteAddr = s.client
	w := httptest.NewRecorder()
	start := time.Now()
	s.handler.ServeHTTP(w, r)
	return time.Since(start), w
}

func TestDistributions(t *testing.T) {
	const n = 20_000
	ms := func(f float64) units.Duration { return units.Duration(f * float64(time.Millisecond)) }
	for name, tt := range map[string]struct {
		config faults.Latency
		median float64 // in ms
		p90    float64
	}{
		"uniform":     {faults.Latency{Add: ms(10), Jitter: ms(20)}, 20, 28},
		"normal":      {faults.Latency{Add: ms(100), Jitter: ms(10), Distribution: faults.Distribution{Dist: "normal"}}, 100, 112.8},
		"lognormal":   {faults.Latency{Distribution: faults.Distribution{Dist: "lognormal", Median: ms(50), Sigma: 1}}, 50, 180.1},
		"exponential": {faults.Latency{Distribution: faults.Distribution{Dist: "exponential", Mean: ms(100)}}, 69.3, 230.3},
		"gamma":       {faults.Latency{Distribution: faults.Distribution{Dist: "gamma", Mean: ms(100), Shape: 1}}, 69.3, 230.3},
		"pareto":      {faults.Latency{Distribution: faults.Distribution{Dist: "pareto", Least: ms(10), Alpha: 2}}, 14.14, 31.6},
		"empirical":   {faults.Latency{Distribution: faults.Distribution{Dist: "empirical", Values: []units.Duration{ms(1), ms(5), ms(5), ms(9)}}}, 5, 9},
		"correlated":  {faults.Latency{Correlation: 0.5, Distribution: faults.Distribution{Dist: "exponential", Mean: ms(100)}}, 69.3, 230.3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTimed(t, &tt.config, nil)
				var all []float64
				for i := range n {
					if tt.config.Correlation > 0 {
						time.Sleep(10 * time.Second) // slow seconds must not have fewer requests
					}
					d, _ := s.put(strings.Repeat("k", i%40+1), 0)
					if d < 0 {
						t.Fatalf("negative: %v", d)
					}
					all = append(all, d.Seconds()*1000)
				}
				slices.Sort(all)
				const tolerance = 0.04
				if got := all[n/2]; math.Abs(got/tt.median-1) > tolerance {
					t.Errorf("the median is %.1f ms, want %.1f", got, tt.median)
				}
				if got := all[n*9/10]; math.Abs(got/tt.p90-1) > tolerance*1.5 {
					t.Errorf("nine in ten are under %.1f ms, want %.1f", got, tt.p90)
				}
			})
		})
	}
}

func TestDelayIsTheSameForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &faults.Latency{Distribution: faults.Distribution{Dist: "pareto", Least: units.Duration(time.Millisecond)}}
		a, _ := newTimed(t, c, nil).put("k", 0)
		b, _ := newTimed(t, c, nil).put("k", 0)
		if a != b {
			t.Errorf("%v and %v", a, b)
		}
	})
}

// Where in an exchange a delay is.
func TestLatencyAt(t *testing.T) {
	second := units.Duration(time.Second)
	for at, want := range map[string]struct{ handled, header, last time.Duration }{
		"start":          {1, 1, 1},
		"continue":       {1, 1, 1},
		"first_byte":     {0, 1, 1},
		"between_chunks": {0, 0, 2},
		"complete":       {0, 0, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var handled time.Duration
			start := time.Now()
			s := newTimed(t, &faults.Latency{Add: second, At: at}, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				handled = time.Since(start)
				for range 3 {
					_, _ = io.WriteString(w, "abc")
				}
			})
			w := &stamped{ResponseRecorder: httptest.NewRecorder(), start: start}
			s.handler.ServeHTTP(w, httptest.NewRequest("PUT", "/b/k", strings.NewReader("x")))
			if handled != want.handled*time.Second || w.header != want.header*time.Second || w.last != want.last*time.Second {
				t.Errorf("%s: handled after %v, header after %v, last byte after %v; want %+v", at, handled, w.header, w.last, want)
			}
			if w.Body.String() != "abcabcabc" {
				t.Errorf("%s: %s", at, w.Body)
			}
		})
	}
}

// stamped remembers when things were written.
type stamped struct {
	*httptest.ResponseRecorder
	start        time.Time
	header, last time.Duration
	pieces       []int
}

func (s *stamped) Write(p []byte) (int, error) {
	if len(s.pieces) == 0 {
		s.header = time.Since(s.start)
	}
	s.pieces = append(s.pieces, len(p))
	s.last = time.Since(s.start)
	return s.ResponseRecorder.Write(p)
}

func TestPaces(t *testing.T) {
	kib := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Length", "10240")
			_, _ = io.WriteString(w, strings.Repeat("a", n<<10))
		}
	}
	for name, tt := range map[string]struct {
		config faults.Config
		upload int
		want   time.Duration // until all is over
	}{
		"ramp at its start":  {&faults.Ramp{From: seconds(1), To: seconds(3), Over: seconds(10)}, 0, time.Second},
		"stalled request":    {&faults.Stall{For: seconds(5)}, 1000, 5 * time.Second},
		"stalled answer":     {&faults.Stall{At: "response", Bytes: 100, For: seconds(5)}, 0, 5 * time.Second},
		"dribble":            {&faults.Dribble{Chunks: 10, Total: seconds(2)}, 0, 2 * time.Second},
		"slicer":             {&faults.Slicer{Size: 1024, Delay: seconds(0.1)}, 0, 900 * time.Millisecond},
		"slow read":          {&faults.SlowRead{Rate: 10_000}, 100_000, 10 * time.Second},
		"bandwidth up":       {&faults.Bandwidth{Rate: 10_000, Direction: "up"}, 100_000, 10 * time.Second},
		"bandwidth down":     {&faults.Bandwidth{Rate: 1024, Direction: "down"}, 100_000, 10 * time.Second},
		"bandwidth each way": {&faults.Bandwidth{Rate: 10_240}, 102_400, 11 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			took, w := newTimed(t, tt.config, kib(10)).put("k", tt.upload)
			if diff := (took - tt.want).Abs(); diff > tt.want/20 {
				t.Errorf("%s took %v, want %v", name, took, tt.want)
			}
			if w.Body.Len() != 10<<10 {
				t.Errorf("%s: %d bytes came", name, w.Body.Len())
			}
		})
	}
}

func TestRamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTimed(t, &faults.Ramp{From: seconds(1), To: seconds(3), Over: seconds(10)}, nil)
		time.Sleep(5 * time.Second)
		if d, _ := s.put("k", 0); d != 2*time.Second {
			t.Errorf("in the middle: %v", d)
		}
		time.Sleep(time.Hour)
		if d, _ := s.put("k", 0); d != 3*time.Second {
			t.Errorf("after the end: %v", d)
		}
	})
}

func TestSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTimed(t, &faults.Slicer{Size: 100, Variation: 50}, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat("a", 1000))
		})
		w := &stamped{ResponseRecorder: httptest.NewRecorder(), start: time.Now()}
		s.handler.ServeHTTP(w, httptest.NewRequest("GET", "/b/k", nil))
		if w.Body.Len() != 1000 || len(w.pieces) < 7 || slices.Max(w.pieces) > 150 || slices.Max(w.pieces) == slices.Min(w.pieces) {
			t.Errorf("%d bytes in pieces of %v", w.Body.Len(), w.pieces)
		}
	})
}

// Two clients with a rate of their own take as long as one; with one for all, twice as long.
func TestBandwidthScopes(t *testing.T) {
	for scope, want := range map[string]time.Duration{"client": 10 * time.Second, "all": 20 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := newTimed(t, &faults.Bandwidth{Rate: 10_000, Scope: scope}, nil)
			took := make(chan time.Duration, 2)
			for _, client := range []string{"192.0.2.1:1", "192.0.2.2:1"} {
				other := *s
				other.client = client
				go func() {
					d, _ := other.put("k", 100_000)
					took <- d
				}()
			}
			if last := max(<-took, <-took); (last - want).Abs() > want/20 {
				t.Errorf("scope %s: %v, want %v", scope, last, want)
			}
		})
	}
}

// A client that leaves ends every wait.
func TestWaitsEndWithTheClient(t *testing.T) {
	for name, c := range map[string]faults.Config{
		"latency": &faults.Latency{Add: seconds(3600)}, "stall": &faults.Stall{For: seconds(3600)},
		"slow_read": &faults.SlowRead{Rate: 1}, "bandwidth": &faults.Bandwidth{Rate: 1, Burst: 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newTimed(t, c, nil)
			r := httptest.NewRequest("PUT", "/b/k", strings.NewReader(strings.Repeat("x", 100)))
			ctx, leave := context.WithTimeout(t.Context(), time.Second)
			defer leave()
			start := time.Now()
			s.handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s went on for %v", name, took)
			}
		})
	}
}
