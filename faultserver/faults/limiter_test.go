package faults_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// A burst of requests, then a steady load: what each limiter lets through.
func TestLimiters(t *testing.T) {
	for name, tt := range map[string]struct {
		config faults.Config
		burst  int // of 20 at once
		steady int // of 100 in the ten seconds after a minute of rest, one each 100 ms
		status int
	}{
		"throttle":        {&faults.Throttle{Rate: 2, Burst: 5}, 5, 24, 429},
		"gcra":            {&faults.GCRA{Rate: 2, Burst: 5}, 5, 24, 429},
		"fixed_window":    {&faults.FixedWindow{Limit: 3, Window: seconds(1)}, 3, 30, 429},
		"sliding_window":  {&faults.SlidingWindow{Limit: 3, Window: seconds(1)}, 3, 30, 429},
		"byte_quota":      {&faults.ByteQuota{Rate: 200, Burst: 500}, 5, 24, 429},
		"brownout":        {&faults.Brownout{Rate: 20, Burst: 5}, 5, 100, 503},
		"prefix_growth":   {&faults.PrefixGrowth{Start: 5, Step: 1}, 5, 85, 503},
		"noisy_neighbour": {&faults.NoisyNeighbour{Rate: 20, Burst: 5, Share: 0.1}, 5, 100, 429},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fs, err := faultserver.New(faultserver.Options{Rules: one(tt.config)})
				if err != nil {
					t.Fatal(err)
				}
				h := fs.Handler(http.HandlerFunc(store), ops.S3)
				send := func() int {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest("PUT", "/bucket/dir/key", strings.NewReader(strings.Repeat("x", 100))))
					if w.Code != 200 && (w.Code != tt.status || w.Header().Get("Retry-After") == "") {
						t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
					}
					return w.Code
				}
				passed := 0
				for range 20 {
					if send() == 200 {
						passed++
					}
				}
				if passed != tt.burst {
					t.Errorf("%d of a burst passed, want %d", passed, tt.burst)
				}
				time.Sleep(time.Minute)
				passed = 0
				for range 100 {
					if send() == 200 {
						passed++
					}
					time.Sleep(100 * time.Millisecond)
				}
				if math.Abs(float64(passed-tt.steady)) > 2 {
					t.Errorf("%d of a steady load passed, want %d", passed, tt.steady)
				}
				rows := fs.Ledger()
				if last := rows[19]; !strings.HasPrefix(last.Fault, name) || last.Hint == "" {
					t.Errorf("ledger: %+v", last)
				}
			})
		})
	}
}

// crowd sends requests at once and returns how long each took and how it was answered, in the order of their ends.
func crowd(t *testing.T, c faults.Config, n int, patience time.Duration) (took []time.Duration, status []int, order []int) {
	t.Helper()
	fs, err := faultserver.New(faultserver.Options{Rules: one(c)})
	if err != nil {
		t.Fatal(err)
	}
	h := fs.Handler(http.HandlerFunc(store), ops.S3)
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := time.Now()
	for i := range n {
		time.Sleep(time.Microsecond) // so that the order is clear
		wg.Go(func() {
			r := httptest.NewRequest("GET", fmt.Sprintf("/b/k%d", i), nil)
			if patience > 0 {
				ctx, cancel := context.WithTimeout(r.Context(), patience)
				defer cancel()
				r = r.WithContext(ctx)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			mu.Lock()
			defer mu.Unlock()
			took, status, order = append(took, time.Since(start).Truncate(time.Millisecond)), append(status, w.Code), append(order, i)
		})
	}
	wg.Wait()
	return took, status, order
}

func TestQueues(t *testing.T) {
	ms := func(n int) units.Duration { return units.Duration(time.Duration(n) * time.Millisecond) }
	for name, tt := range map[string]struct {
		config   *faults.Queue
		n        int
		patience time.Duration
		order    string
		status   string
		last     time.Duration
	}{
		"fifo":     {&faults.Queue{ServiceTime: ms(100)}, 4, 0, "[0 1 2 3]", "[200 200 200 200]", 400 * time.Millisecond},
		"lifo":     {&faults.Queue{ServiceTime: ms(100), Discipline: "lifo"}, 4, 0, "[0 3 2 1]", "[200 200 200 200]", 400 * time.Millisecond},
		"workers":  {&faults.Queue{ServiceTime: ms(100), Workers: 2}, 4, 0, "", "[200 200 200 200]", 200 * time.Millisecond},
		"full":     {&faults.Queue{ServiceTime: ms(100), Length: 2}, 5, 0, "", "[503 503 200 200 200]", 300 * time.Millisecond},
		"deadline": {&faults.Queue{ServiceTime: ms(100), Deadline: ms(150)}, 4, 0, "", "[200 503 503 200]", 200 * time.Millisecond},
		"codel":    {&faults.Queue{ServiceTime: ms(100), Discipline: "codel", Deadline: ms(150)}, 4, 0, "", "[200 503 503 200]", 300 * time.Millisecond},
		"leaving":  {&faults.Queue{ServiceTime: ms(100)}, 3, 250 * time.Millisecond, "[0 1 2]", "[200 200 200]", 250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				took, status, order := crowd(t, tt.config, tt.n, tt.patience)
				if name == "codel" { // those that are dropped are when their turn comes
					if fmt.Sprint(status) != "[200 200 503 503]" && fmt.Sprint(status) != "[200 503 503 200]" && fmt.Sprint(status) != "[200 503 200 503]" {
						t.Errorf("answers %v", status)
					}
					return
				}
				if last := took[len(took)-1]; tt.order != "" && fmt.Sprint(order) != tt.order || fmt.Sprint(status) != tt.status || last != tt.last {
					t.Errorf("order %v, answers %v, the last after %v; want %+v", order, status, last, tt)
				}
			})
		})
	}
}

// A queue drops the work of clients that have left; a metastable server does it all the same, and the next waits for it.
func TestMetastable(t *testing.T) {
	for name, tt := range map[string]struct {
		config faults.Config
		want   time.Duration
	}{
		"queue":      {&faults.Queue{ServiceTime: seconds(1)}, 0},
		"metastable": {&faults.Metastable{ServiceTime: seconds(1)}, 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			took, _, _ := crowd(t, tt.config, 10, 100*time.Millisecond)
			last := took[len(took)-1]
			if (last - max(tt.want, 100*time.Millisecond)).Abs() > 10*time.Millisecond {
				t.Errorf("%s: all of the work of ten clients that left is over after %v", name, last)
			}
		})
	}
}

func TestConcurrencyLimitAndKnee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs, err := faultserver.New(faultserver.Options{Rules: []faultserver.Rule{
			{Name: "limit", Do: faults.Of(&faults.ConcurrencyLimit{Limit: 2})},
			{Name: "slow", Do: faults.Of(&faults.Latency{Add: seconds(1)})},
		}})
		if err != nil {
			t.Fatal(err)
		}
		h := fs.Handler(http.HandlerFunc(store), ops.S3)
		var wg sync.WaitGroup
		codes := make(chan int, 10)
		for range 3 {
			wg.Go(func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/b/k", nil))
				codes <- w.Code
			})
		}
		wg.Wait()
		if a, b, c := <-codes, <-codes, <-codes; a != 503 || b != 200 || c != 200 {
			t.Errorf("answers %d %d %d", a, b, c)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/b/k", nil))
		if w.Code != 200 {
			t.Errorf("afterwards: %d", w.Code)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		took, status, _ := crowd(t, &faults.Knee{Base: seconds(0.01), Linear: seconds(0.001), Knee: 4, Exponent: 2, Limit: 6}, 7, 0)
		// The seventh is refused at once; the fourth waits 13 ms, the fifth (10+4)*2, the sixth (10+5)*4.
		if fmt.Sprint(took) != "[0s 10ms 11ms 12ms 13ms 28ms 60ms]" || status[0] != 503 {
			t.Errorf("took %v, answers %v", took, status)
		}
	})
}

func TestLeakyBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, status, _ := crowd(t, &faults.LeakyBucket{Rate: 10, Queue: 2}, 5, 0)
		if fmt.Sprint(took) != "[0s 0s 0s 100ms 200ms]" && fmt.Sprint(took) != "[0s 0s 0s 99ms 199ms]" {
			t.Errorf("took %v", took)
		}
		refused := 0
		for _, s := range status {
			if s == 429 {
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("answers %v", status)
		}
	})
}

func TestScopes(t *testing.T) {
	for scope, want := range map[string]string{
		"all": "[200 429 429 429 429]", "key": "[200 200 429 200 200]", "prefix": "[200 429 429 200 200]", "upload": "[200 200 429 200 200]",
	} {
		fs, err := faultserver.New(faultserver.Options{Rules: one(&faults.Throttle{Rate: 0.001, Limited: faults.Limited{Scope: scope}})})
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, target := range []string{"/b/dir/a?uploadId=1", "/b/dir/b?uploadId=2", "/b/dir/a?uploadId=1", "/b/other/a?uploadId=3", "/c/dir/a?uploadId=4"} {
			w := httptest.NewRecorder()
			fs.Handler(http.HandlerFunc(store), ops.S3).ServeHTTP(w, httptest.NewRequest("PUT", target, nil))
			got = append(got, w.Code)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("scope %s: %v, want %s", scope, got, want)
		}
	}
}

// A limit tells what is left of it whether it lets an attempt through or not.
func TestQuotaHeaders(t *testing.T) {
	tell := faults.Limited{Answer: faults.Answer{RateLimit: []string{"draft", "legacy"}}}
	for _, tt := range []struct {
		name   string
		limit  faults.Config
		policy string
		left   [3]string // after each of three attempts of six bytes
	}{
		{"throttle", &faults.Throttle{Rate: 1, Burst: 2, Limited: tell}, `"default";q=2`, [3]string{`"default";r=1;t=1`, `"default";r=0;t=2`, `"default";r=0;t=2`}},
		{"fixed_window", &faults.FixedWindow{Limit: 2, Window: seconds(10), Limited: tell}, `"default";q=2;w=10`, [3]string{`"default";r=1;t=10`, `"default";r=0;t=10`, `"default";r=0;t=10`}},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, put := inside(t, one(tt.limit))
			for i, want := range tt.left {
				resp := put()
				h := resp.Header
				if h.Get("RateLimit-Policy") != tt.policy || h.Get("RateLimit") != want || (resp.StatusCode == 200) != (i < 2) {
					t.Errorf("%s: answer %d (%d) has %v", tt.name, i+1, resp.StatusCode, h)
				}
				if got, want := h.Get("X-RateLimit-Remaining"), []string{"1", "0", "0"}[i]; got != want {
					t.Errorf("%s: answer %d has X-RateLimit-Remaining %s", tt.name, i+1, got)
				}
			}
		})
	}
}
