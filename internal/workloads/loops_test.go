package workloads

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// keys is a target that only names keys.
type keys struct{ runner.Target }

func (keys) Key(ordinal int) string { return "object-" + strconv.Itoa(ordinal) }

// service is a contestant that has no layers, and what it talks to.
type service func(*http.Request) (*http.Response, error)

func (service) Name() string                                        { return "service" }
func (s service) RoundTripper(runner.Client) http.RoundTripper      { return s }
func (s service) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// sleepy answers after a time.
func sleepy(d time.Duration, note func(*http.Request)) service {
	return func(r *http.Request) (*http.Response, error) {
		note(r)
		select {
		case <-time.After(d):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	}
}

// loop runs a workload in virtual time and returns what it reported, by ordinal.
func loop(t *testing.T, w *Calls, clients, concurrency int, to service) (ups []runner.Upload, start time.Time) {
	t.Helper()
	env := &runner.Env{Contestant: to, Target: keys{}, Trial: runner.Trial{Seed: 7, Concurrency: concurrency}}
	for n := range clients {
		env.Clients = append(env.Clients, runner.Client{
			Ordinal: n, Rand: rand.New(rand.NewPCG(1, uint64(n))), S3: runner.S3{Endpoint: &url.URL{Host: "h"}, Bucket: "b"},
		})
	}
	var mu sync.Mutex
	env.Begin = func() time.Time { start = time.Now(); return start }
	env.Report = func(u runner.Upload) {
		mu.Lock()
		defer mu.Unlock()
		ups = append(ups, u)
	}
	if err := w.Run(t.Context(), env); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(ups, func(a, b runner.Upload) int { return a.Object.Ordinal - b.Object.Ordinal })
	return ups, start
}

// The gaps of a Poisson process are exponential: their mean and their standard deviation are the same.
func TestPoisson(t *testing.T) {
	s := schedule{of: newArrivals(4, nil, 0), chance: rand.New(rand.NewPCG(1, 2))}
	const calls = 20_000
	var last time.Duration
	sum, squares := 0.0, 0.0
	for n := range calls {
		at, ok := s.next(n)
		if !ok || at < last {
			t.Fatalf("call %d at %v, %v", n, at, ok)
		}
		gap := (at - last).Seconds()
		sum, squares, last = sum+gap, squares+gap*gap, at
	}
	mean := sum / calls
	deviation := math.Sqrt(squares/calls - mean*mean)
	if math.Abs(mean-0.25) > 0.01 || math.Abs(deviation-0.25) > 0.02 {
		t.Errorf("gaps of %v s with a deviation of %v s, want 0.25 s of both", mean, deviation)
	}
}

// A Poisson process follows the load.
func TestPoissonFollowsTheLoad(t *testing.T) {
	load := []LoadPoint{{0, 1}, {100 * time.Second, 1}, {101 * time.Second, 5}}
	s := schedule{of: newArrivals(20, load, 200*time.Second), chance: rand.New(rand.NewPCG(3, 4))}
	before, after := 0, 0
	for n := 0; ; n++ {
		at, ok := s.next(n)
		if !ok {
			break
		}
		if at < 100*time.Second {
			before++
		} else {
			after++
		}
	}
	if math.Abs(float64(before)-2000) > 200 || math.Abs(float64(after)-9960) > 450 { // more than four sigma
		t.Errorf("%d calls before, %d after", before, after)
	}
}

// A worker of a closed loop begins when its last call has ended and the time to think is over.
func TestClosedLoop(t *testing.T) {
	for _, tt := range []struct {
		name        string
		w           Calls
		concurrency int
		want        int // calls of each of two clients
	}{
		{"for a time", Calls{Size: 1, Duration: 10*time.Second + time.Millisecond}, 1, 100},
		{"several workers", Calls{Size: 1, Duration: 10*time.Second + time.Millisecond}, 4, 400},
		{"thinking", Calls{Size: 1, Duration: 10 * time.Second, Think: 400 * time.Millisecond}, 1, 20},
		{"so many", Calls{Size: 1, Objects: 7}, 3, 7},
		{"so many, or for a time", Calls{Size: 1, Objects: 7, Duration: 350 * time.Millisecond}, 1, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				now, most := 0, 0
				ups, start := loop(t, &tt.w, 2, tt.concurrency, func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					now++
					most = max(most, now)
					mu.Unlock()
					defer func() { mu.Lock(); now--; mu.Unlock() }()
					return sleepy(100*time.Millisecond, func(*http.Request) {})(r)
				})
				done := 0
				for i, u := range ups {
					if u.Object.Ordinal != i+1 && tt.w.Think == 0 {
						t.Errorf("call %d has the ordinal %d", i+1, u.Object.Ordinal)
					}
					if u.Err == nil {
						done++
					} else if !u.CutOff {
						t.Errorf("call %d failed: %v", u.Object.Ordinal, u.Err)
					}
					if u.Err == nil && u.Ended.Sub(u.Planned) != 100*time.Millisecond {
						t.Errorf("call %d took %v", u.Object.Ordinal, u.Ended.Sub(u.Planned))
					}
				}
				if done < 2*tt.want-1 || done > 2*tt.want+2 || most > 2*tt.concurrency {
					t.Errorf("%d calls, want %d; %d under way, want %d at most", done, 2*tt.want, most, 2*tt.concurrency)
				}
				if end := time.Since(start); tt.w.Duration > 0 && end > tt.w.Duration {
					t.Errorf("it went on for %v", end)
				}
			})
		})
	}
}

// Which call has which number does not depend on how many are under way, nor on how long they take.
func TestMixIsTheSameForAll(t *testing.T) {
	pick := func(seed uint64, ordinal int) Call {
		return Call{Method: []string{"GET", "POST", "PUT"}[(int(seed)+ordinal)%3], Size: int64(10 * ordinal), Key: ordinal%2 == 0}
	}
	asked := func(w Calls, clients, concurrency int, took time.Duration) []string {
		var all []string
		w.Pick = pick
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			loop(t, &w, clients, concurrency, sleepy(took, func(r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				body := int64(0)
				if r.Body != nil {
					body, _ = io.Copy(io.Discard, r.Body)
				}
				if body != r.ContentLength || r.Body != nil && r.GetBody == nil {
					t.Errorf("a body of %d bytes, announced are %d", body, r.ContentLength)
				}
				all = append(all, r.Method+" "+r.URL.Path+" "+strconv.FormatInt(r.ContentLength, 10)+" "+r.Header.Get("Idempotency-Key"))
			}))
		})
		slices.Sort(all)
		return all
	}
	want := asked(Calls{Objects: 30}, 2, 1, time.Millisecond)
	if len(want) != 60 || !slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, "POST /b/object-6 60 object-6") }) {
		t.Errorf("%d calls: %q", len(want), want)
	}
	for name, got := range map[string][]string{
		"many workers": asked(Calls{Objects: 30}, 2, 8, time.Second), "open": asked(Calls{Objects: 30, Rate: 3}, 2, 1, 4*time.Second),
		"poisson": asked(Calls{Objects: 30, Rate: 3, Poisson: true}, 2, 1, time.Millisecond),
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: other calls: %q, want %q", name, got, want)
		}
	}
}

// An open loop starts calls on plan while earlier ones wait, and counts their times from there.
func TestOpenLoopDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &Calls{Size: 1, Rate: 10, Duration: 20 * time.Second}
		begin := time.Now()
		stalled := func(r *http.Request) (*http.Response, error) {
			if at := time.Since(begin); at > 5*time.Second && at < 10*time.Second {
				time.Sleep(10*time.Second - at)
			}
			return sleepy(0, func(*http.Request) {})(r)
		}
		ups, start := loop(t, w, 1, 1, stalled)
		slow := 0
		for i, u := range ups {
			if i > 0 && u.Planned.Sub(ups[i-1].Planned).Round(time.Microsecond) != 100*time.Millisecond {
				t.Fatalf("call %d is planned %v after the one before", i, u.Planned.Sub(ups[i-1].Planned))
			}
			if u.Ended.Sub(u.Planned) > 100*time.Millisecond {
				slow++
			}
		}
		if len(ups) != 200 || slow < 48 || slow > 50 || ups[0].Planned.Before(start) {
			t.Errorf("%d calls, %d of them slow; want 200 and those of five seconds", len(ups), slow)
		}
	})
}

// A loop without an end in time ends when its context does.
func TestLoopsEndWithTheContext(t *testing.T) {
	for name, w := range map[string]*Calls{"open": {Size: 1, Rate: 1, Objects: 1000}, "closed": {Size: 1, Objects: 1000}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				var cut atomic.Int32
				env := &runner.Env{
					Contestant: sleepy(700*time.Millisecond, func(*http.Request) {}), Target: keys{}, Trial: runner.Trial{Concurrency: 2},
					Clients: []runner.Client{{Rand: rand.New(rand.NewPCG(1, 1)), S3: runner.S3{Endpoint: &url.URL{Host: "h"}, Bucket: "b"}}},
					Begin:   time.Now,
					Report: func(u runner.Upload) {
						if errors.Is(u.Err, context.DeadlineExceeded) {
							cut.Add(1)
							if u.CutOff {
								t.Error("a call that ran out of time is taken for one that the plan cut off")
							}
						}
					},
				}
				start := time.Now()
				if err := w.Run(ctx, env); err != nil {
					t.Fatal(err)
				}
				if time.Since(start) != 10*time.Second || cut.Load() > 2 {
					t.Errorf("it ended after %v with %d calls cut off", time.Since(start), cut.Load())
				}
			})
		})
	}
}
