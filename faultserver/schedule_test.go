package faultserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

func failing(name string, when When) Rule {
	return Rule{Name: name, When: when, Do: faults.Of(&faults.Status{Code: 503})}
}

// pattern sends requests and draws which were hit.
func pattern(h http.Handler, n int, target func(i int) string, gap time.Duration) string {
	var b strings.Builder
	for i := range n {
		if serve(h, "PUT", target(i)).StatusCode == 503 {
			b.WriteByte('x')
		} else {
			b.WriteByte('.')
		}
		if gap > 0 {
			time.Sleep(gap)
		}
	}
	return b.String()
}

func same(int) string { return "/b/k" }

func TestSchedules(t *testing.T) {
	s := func(f float64) units.Duration { return units.Duration(f * float64(time.Second)) }
	for name, tt := range map[string]struct {
		when When
		want string // of 20 requests, 100 ms apart
	}{
		"always":      {When{}, "xxxxxxxxxxxxxxxxxxxx"},
		"first":       {When{First: 3}, "xxx................."},
		"attempts":    {When{Attempts: []int{2, 5}}, ".x..x..............."},
		"script":      {When{Script: "x..xx"}, "x..xx..............."},
		"every":       {When{Every: 3}, "..x..x..x..x..x..x.."},
		"offset":      {When{Every: 3, Offset: 10}, "............x..x..x."},
		"from to":     {When{From: s(0.5), To: s(1)}, ".....xxxxx.........."},
		"periodic":    {When{Periodic: &Periodic{Every: s(1), For: s(0.3)}}, "xxx.......xxx......."},
		"late period": {When{Periodic: &Periodic{Every: s(1), For: s(0.2), Offset: s(0.55)}}, "......xx........xx.."},
		"both":        {When{First: 7, Every: 2}, ".x.x.x.............."},
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := mustNew(t, Options{Rules: []Rule{failing("r", tt.when)}})
			if got := pattern(srv.Handler(ok, ops.S3), 20, same, 100*time.Millisecond); got != tt.want {
				t.Errorf("%s: %s, want %s", name, got, tt.want)
			}
		})
	}
}

func TestMatchesOnTheWire(t *testing.T) {
	request := func() *http.Request {
		r := httptest.NewRequest("PUT", "/bucket/dir/key?partNumber=7&uploadId=u", strings.NewReader("12345"))
		r.Header.Set("User-Agent", "rclone/v1.60")
		return r
	}
	for name, tt := range map[string]struct {
		match Match
		want  bool
	}{
		"method": {Match{Method: []string{"PUT"}}, true}, "other method": {Match{Method: []string{"GET"}}, false},
		"bucket": {Match{Bucket: "buck*"}, true}, "other bucket": {Match{Bucket: "b"}, false},
		"key": {Match{Key: "dir/*"}, true}, "key of one level": {Match{Key: "*"}, false},
		"parts": {Match{MinPart: 5, MaxPart: 7}, true}, "parts before": {Match{MaxPart: 6}, false}, "parts after": {Match{MinPart: 8}, false},
		"size": {Match{MinSize: 5, MaxSize: 5}, true}, "larger": {Match{MinSize: 6}, false}, "smaller": {Match{MaxSize: 4}, false},
		"client": {Match{Client: "192.0.2.*"}, true}, "other client": {Match{Client: "10.*"}, false},
		"header": {Match{Header: map[string]string{"user-agent": "rclone/*"}}, false}, "header pattern": {Match{Header: map[string]string{"User-Agent": "rclone?v*"}}, false},
		"header value": {Match{Header: map[string]string{"user-agent": "rclone/v1.60"}}, true}, "no header": {Match{Header: map[string]string{"X-A": "*"}}, false},
		"attempt": {Match{MaxAttempt: 1}, true}, "later attempt": {Match{MinAttempt: 2}, false},
		"connections": {Match{Connections: []int{1}}, false},
	} {
		rule := failing("r", When{})
		rule.Match = tt.match
		w := httptest.NewRecorder()
		mustNew(t, Options{Rules: []Rule{rule}}).Handler(ok, ops.S3).ServeHTTP(w, request())
		if name == "header" { // * does not match a slash, but the pattern has one
			tt.want = true
		}
		if name == "header pattern" {
			tt.want = false
		}
		if got := w.Code == 503; got != tt.want {
			t.Errorf("%s: matched %v", name, got)
		}
	}
}

// Spells by the second do not depend on the load, and have the shares that the numbers say.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rule := failing("r", When{Burst: &Burst{ToBad: 0.1, ToGood: 0.4}})
		dense, sparse := mustNew(t, Options{Rules: []Rule{rule}, Seed: 7}), mustNew(t, Options{Rules: []Rule{rule}, Seed: 7})
		a, b := dense.Handler(ok, ops.S3), sparse.Handler(ok, ops.S3)
		const seconds = 5000
		bad := 0
		var last bool
		runs := 0
		for i := range seconds {
			time.Sleep(500 * time.Millisecond)
			var hit bool
			for range 1 + i%3 {
				hit = serve(a, "PUT", "/b/k").StatusCode == 503
			}
			if i%5 == 0 && (serve(b, "PUT", "/b/other").StatusCode == 503) != hit {
				t.Fatalf("second %d differs for a client that sends less", i)
			}
			if hit {
				bad++
				if !last {
					runs++
				}
			}
			last = hit
			time.Sleep(500 * time.Millisecond)
		}
		if share := float64(bad) / seconds; math.Abs(share-0.2) > 0.03 {
			t.Errorf("%.3f of all seconds are bad, want 0.2", share)
		}
		if mean := float64(bad) / float64(runs); math.Abs(mean-2.5) > 0.3 {
			t.Errorf("bad spells last %.2f s, want 2.5", mean)
		}
	})
}

func TestBurstByRequest(t *testing.T) {
	rule := failing("r", When{Burst: &Burst{ToBad: 0.05, ToGood: 0.2, Good: 0.1, Bad: 0.9, Clock: "request"}})
	h := mustNew(t, Options{Rules: []Rule{rule}, Seed: 3}).Handler(ok, ops.S3)
	got := pattern(h, 20_000, func(i int) string { return fmt.Sprintf("/b/k%d", i) }, 0)
	if share := float64(strings.Count(got, "x")) / 20_000; math.Abs(share-(0.8*0.1+0.2*0.9)) > 0.02 {
		t.Errorf("%.3f are hit, want 0.26", share)
	}
}

func TestMarkov(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &Markov{States: []MarkovState{
			{Name: "calm", Dwell: units.Duration(6 * time.Second), Next: map[string]string{"storm": "50%", "drizzle": "50%"}},
			{Name: "storm", Act: 1, Dwell: units.Duration(2 * time.Second), Next: map[string]string{"calm": "100%"}},
			{Name: "drizzle", Act: 0.5, Dwell: units.Duration(4 * time.Second), Next: map[string]string{"calm": "100%"}},
		}}
		h := mustNew(t, Options{Rules: []Rule{failing("r", When{Markov: m})}, Seed: 11}).Handler(ok, ops.S3)
		if raceEnabled {
			return // a hundred thousand requests, one after the other
		}
		got := pattern(h, 100_000, func(i int) string { return fmt.Sprintf("/b/k%d", i) }, 100*time.Millisecond)
		// A round takes 6 s of calm and 3 s of the others: a third of them storm for certain, two thirds drizzle.
		want := (0.5*2*1 + 0.5*4*0.5) / (6 + 0.5*2 + 0.5*4)
		if share := float64(strings.Count(got, "x")) / 100_000; math.Abs(share-want) > 0.03 {
			t.Errorf("%.3f are hit, want %.3f", share, want)
		}
	})
	for want, m := range map[string]*Markov{
		"two states":     {States: []MarkovState{{Name: "a", Dwell: 1e9}}},
		"are called":     {States: []MarkovState{{Name: "a", Dwell: 1e9}, {Name: "a", Dwell: 1e9}}},
		"dwell":          {States: []MarkovState{{Name: "a", Dwell: 1e9}, {Name: "b"}}},
		"is no state":    {States: []MarkovState{{Name: "a", Dwell: 1e9, Next: map[string]string{"c": "100%"}}, {Name: "b", Dwell: 1e9}}},
		"add up to 50%,": {States: []MarkovState{{Name: "a", Dwell: 1e9, Next: map[string]string{"b": "50%"}}, {Name: "b", Dwell: 1e9}}},
	} {
		r := failing("r", When{Markov: m})
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestTrigger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rule := failing("r", When{Trigger: &Trigger{On: "rate", Above: 20, Below: 5, For: units.Duration(time.Second)}})
		h := mustNew(t, Options{Rules: []Rule{rule}}).Handler(ok, ops.S3)
		if got := pattern(h, 10, same, 100*time.Millisecond); strings.Contains(got, "x") {
			t.Errorf("at 10/s: %s", got)
		}
		if got := pattern(h, 50, same, 20*time.Millisecond); !strings.HasSuffix(got, "xxxxxxxxxx") || got[0] == 'x' {
			t.Errorf("at 50/s: %s", got)
		}
		if got := pattern(h, 12, same, 300*time.Millisecond); got[0] != 'x' || !strings.HasSuffix(got, ".....") {
			t.Errorf("at 3/s: %s", got)
		}
	})
}

func TestReplay(t *testing.T) {
	rules := []Rule{failing("first", When{Probability: 0.3})}
	srv := mustNew(t, Options{Rules: rules, Seed: 9})
	h := srv.Handler(ok, ops.S3)
	target := func(i int) string { return fmt.Sprintf("/b/k%d", i%40) }
	want := pattern(h, 120, target, 0)
	file := filepath.Join(t.TempDir(), "ledger.jsonl")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	out := json.NewEncoder(f)
	for _, row := range srv.Ledger() {
		if err := out.Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	again := mustNew(t, Options{Rules: []Rule{failing("other", When{Replay: &Replay{File: file, Rule: "first"}})}, Seed: 1})
	if got := pattern(again.Handler(ok, ops.S3), 120, target, 0); got != want {
		t.Errorf("replayed\n%s, recorded\n%s", got, want)
	}
	for want, r := range map[string]*Replay{
		"no rule \"r\" acted": {File: file}, "no such file": {File: file + "x"},
	} {
		rule := failing("r", When{Replay: r})
		var p *faults.ParamError
		if err := rule.Check(); !errors.As(err, &p) || p.Param != "when.replay.file" || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"kind":"attempt","trial":0,"t_s":1.5,"op":"put_object","bucket":"b","key":"k","attempt":1,"rule":"r"}`))
	f.Add([]byte("{}\n\nnull\n[1]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := readReplay(strings.NewReader(string(text)), "r", false)
		if err == nil && len(r.attempts) == 0 {
			t.Error("a ledger without the rule was taken")
		}
	})
}

func TestCaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := failing("r", When{})
		rule.MaxTotal = rapid.IntRange(0, 30).Draw(t, "total")
		rule.MaxPerIdentity = rapid.IntRange(0, 3).Draw(t, "per identity")
		srv, err := New(Options{Rules: []Rule{rule}})
		if err != nil {
			t.Fatal(err)
		}
		h := srv.Handler(ok, ops.S3)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() { serve(h, "PUT", fmt.Sprintf("/b/k%d", i%8)) })
		}
		wg.Wait()
		total, each := 0, map[string]int{}
		for _, row := range srv.Ledger() {
			if row.Rule == "r" {
				total++
				each[row.Key]++
			}
		}
		want := 40
		if rule.MaxPerIdentity > 0 {
			want = 8 * rule.MaxPerIdentity
		}
		if rule.MaxTotal > 0 {
			want = min(want, rule.MaxTotal)
		}
		if total != want {
			t.Fatalf("acted %d times, want %d", total, want)
		}
		for key, n := range each {
			if rule.MaxPerIdentity > 0 && n > rule.MaxPerIdentity {
				t.Fatalf("acted %d times on %s", n, key)
			}
		}
	})
}

func TestMaxActive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mustNew(t, Options{Rules: []Rule{{Name: "slow", MaxActive: 2, Do: faults.Of(&faults.Latency{Add: units.Duration(time.Second)})}}})
		h := srv.Handler(ok, ops.S3)
		start := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		slow := 0
		for range 5 {
			wg.Go(func() {
				serve(h, "PUT", "/b/k")
				mu.Lock()
				defer mu.Unlock()
				if time.Since(start) == time.Second {
					slow++
				}
			})
		}
		wg.Wait()
		if slow != 2 {
			t.Errorf("%d were slowed down at once", slow)
		}
		serve(h, "PUT", "/b/k")
		if time.Since(start) != 2*time.Second {
			t.Error("the cap was not given back")
		}
	})
}

func TestShadow(t *testing.T) {
	quota := Rule{Name: "quota", Shadow: true, Do: faults.Of(&faults.Throttle{Rate: 0.001, Burst: 2})}
	fail := failing("fail", When{Every: 2})
	fail.Shadow = true
	srv := mustNew(t, Options{Rules: []Rule{quota, fail}})
	if got := pattern(srv.Handler(ok, ops.S3), 4, same, 0); got != "...." {
		t.Errorf("a shadow acted: %s", got)
	}
	var shadows []string
	for _, row := range srv.Ledger() {
		shadows = append(shadows, row.Shadow)
		if row.Rule != "" {
			t.Errorf("the ledger says that %s acted", row.Rule)
		}
	}
	if fmt.Sprint(shadows) != "[ fail quota quota+fail]" {
		t.Errorf("shadows %q", shadows)
	}
	if c := srv.Counts(); c[0].Shadow != 2 || c[0].Acted != 0 || c[0].Matched != 4 || c[1].Shadow != 2 {
		t.Errorf("counts %+v", c)
	}
}

// The set of faults of a rule that goes by identity is the same at any concurrency and in any order of arrival, and every
// request is in the ledger once with what was decided.
func TestIdentityProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []Rule
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			w := When{Probability: units.Share(rapid.Float64Range(0.01, 0.9).Draw(t, "p"))}
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 1:
				w.First = rapid.IntRange(1, 3).Draw(t, "first")
			case 2:
				w.Script = rapid.StringMatching(`[x.]{1,4}`).Draw(t, "script")
			}
			rules = append(rules, Rule{Name: fmt.Sprint("r", i), When: w, Do: faults.Of(&faults.Status{Code: 500 + i})})
		}
		seed := rapid.Uint64().Draw(t, "seed")
		order := rapid.Permutation(targets()).Draw(t, "order")
		run := func(order []string, workers int) string {
			srv, err := New(Options{Rules: rules, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			h := srv.Handler(ok, ops.S3)
			jobs := make(chan string)
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					for target := range jobs {
						for range 3 {
							serve(h, "PUT", target)
						}
					}
				})
			}
			for _, target := range order {
				jobs <- target
			}
			close(jobs)
			wg.Wait()
			var lines []string
			for _, row := range srv.Ledger() {
				lines = append(lines, fmt.Sprint(row.Key, row.Part, " ", row.Attempt, row.Rule, row.Status))
			}
			sort.Strings(lines)
			if len(lines) != 3*len(order) {
				t.Fatalf("%d rows for %d requests", len(lines), 3*len(order))
			}
			return strings.Join(lines, "\n")
		}
		if one, many := run(targets(), 1), run(order, 64); one != many {
			t.Fatalf("one by one\n%s\n64 at once, in another order\n%s", one, many)
		}
	})
}

func targets() (all []string) {
	for i := range 60 {
		all = append(all, part(fmt.Sprintf("key%d", i%7), i/7+1))
	}
	return all
}

// Rules that count arrivals hit as many at any concurrency.
func TestArrivalTotals(t *testing.T) {
	for _, workers := range []int{1, 64} {
		srv := mustNew(t, Options{Rules: []Rule{failing("r", When{Every: 7})}})
		h := srv.Handler(ok, ops.S3)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for range 6400 / workers {
					serve(h, "PUT", "/b/k")
				}
			})
		}
		wg.Wait()
		if n := srv.Counts()[0].Acted; n != 6400/7 {
			t.Errorf("%d at once: %d of 6400 were hit, want %d", workers, n, 6400/7)
		}
	}
}

// Observed rates converge on the stated probability.
func TestProbabilityConverges(t *testing.T) {
	for _, p := range []float64{0.01, 0.3, 0.95} {
		h := mustNew(t, Options{Rules: []Rule{failing("r", When{Probability: units.Share(p)})}}).Handler(ok, ops.S3)
		const n = 20_000
		got := float64(strings.Count(pattern(h, n, func(i int) string { return fmt.Sprintf("/b/k%d", i) }, 0), "x"))
		if sd := math.Sqrt(n * p * (1 - p)); math.Abs(got-n*p) > 4*sd {
			t.Errorf("probability %v: %v of %d", p, got, n)
		}
	}
}

func TestLiveRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := mustNew(t, Options{
			Rules:  []Rule{{Name: "quota", Do: faults.Of(&faults.Throttle{Rate: 0.001})}},
			Phases: []Phase{{"calm", 0, 10 * time.Second}, {"storm", 10 * time.Second, 0}},
		})
		h := srv.Handler(ok, ops.S3)
		status := func() int { return serve(h, "PUT", "/b/k").StatusCode }
		if status() != 200 || status() != 429 {
			t.Error("the bucket of one does not work")
		}
		if err := srv.Add(failing("late", When{Phase: []string{"storm"}})); err != nil {
			t.Fatal(err)
		}
		if status() != 429 {
			t.Error("a rule that stayed lost its state")
		}
		for _, bad := range []Rule{failing("quota", When{}), failing("x", When{Phase: []string{"no"}}), {Name: "none"}} {
			if err := srv.Add(bad); err == nil {
				t.Errorf("%+v was taken", bad)
			}
		}
		if !srv.Remove("quota") || srv.Remove("quota") || len(srv.Rules()) != 1 || status() != 200 {
			t.Error("removing does not work")
		}
		if err := srv.StartPhase("storm"); err != nil || status() != 503 {
			t.Errorf("in the storm: %v", err)
		}
		time.Sleep(time.Hour)
		if status() != 503 {
			t.Error("a phase that was started ended")
		}
		if err := srv.StartPhase("calm"); err != nil || status() != 200 {
			t.Errorf("in the calm: %v", err)
		}
		if err := srv.StartPhase("none"); err == nil {
			t.Error("an unknown phase was started")
		}
		if err := srv.Reset(); err != nil || status() != 200 {
			t.Errorf("after the reset: %v", err)
		}
		time.Sleep(11 * time.Second)
		if status() != 503 {
			t.Error("after the reset the phases do not come as planned")
		}
		if err := srv.Load([]Rule{failing("a", When{}), {Name: "broken"}}, nil, 1); err == nil || len(srv.Rules()) != 1 {
			t.Errorf("a broken scenario changed something: %v", err)
		}
		if err := srv.Replace(failing("late", When{Every: 2})); err != nil || status() != 200 || status() != 503 {
			t.Errorf("replacing: %v", err)
		}
		windows := 0
		for _, row := range srv.Ledger() {
			if row.Kind == record.LedgerWindow {
				windows++
			}
		}
		if windows == 0 {
			t.Error("phases that were started are not in the ledger")
		}
	})
}

// Rules change while requests run.
func TestLiveRulesAreSafe(t *testing.T) {
	srv := mustNew(t, Options{Phases: []Phase{{"a", 0, 0}}})
	h := srv.Handler(ok, ops.S3)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					serve(h, "PUT", fmt.Sprintf("/b/k%d", i))
				}
			}
		})
	}
	for i := range 100 {
		r := failing("r", When{Probability: 0.5, Phase: []string{"a"}})
		r.MaxTotal = i + 1
		if err := srv.SetRules([]Rule{r, {Name: "q", Do: faults.Of(&faults.Throttle{Rate: 1})}}); err != nil {
			t.Error(err)
		}
		if err := srv.StartPhase("a"); err != nil {
			t.Error(err)
		}
		if i%10 == 0 {
			if err := srv.Reset(); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	wg.Wait()
}
