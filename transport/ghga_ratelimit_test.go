package transport

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// answerPer gives attempt n the n-th answer: a status, or "429" and a Retry-After after a space.
func answerPer(answers ...string) func(int, *http.Request) (*http.Response, error) {
	return func(n int, _ *http.Request) (*http.Response, error) {
		code, after, ok := strings.Cut(answers[min(n, len(answers))-1], " ")
		var headers []string
		if ok {
			headers = []string{"Retry-After", after}
		}
		return status(map[string]int{"200": 200, "404": 404, "429": 429, "503": 503}[code], headers...)
	}
}

func TestGHGARateLimitSequence(t *testing.T) {
	for _, tt := range []struct {
		name    string
		forget  int
		answers []string
		gaps    []time.Duration
	}{
		{"nothing to wait for", 1, []string{"200", "200"}, seconds(0)},
		{"waits once", 1, []string{"429 5", "200", "200"}, seconds(5, 0)},
		{"a fraction", 1, []string{"429 1.5", "200"}, seconds(1.5)},
		{"an exponent", 1, []string{"429 1e1", "200"}, seconds(10)},
		{"a sign and white space", 1, []string{"429  +2 ", "200"}, seconds(2)},
		{"negative: no wait", 1, []string{"429 -5", "200"}, seconds(0)},
		{"503 is not read", 1, []string{"503 5", "200"}, seconds(0)},
		{"an error answer forgets as well", 1, []string{"429 5", "404", "200"}, seconds(5, 0)},
		// The wait counts from the 429, so it is over after the first request; what lasts is nothing.
		{"forget after three", 3, []string{"429 5", "200", "200", "200"}, seconds(5, 0, 0)},
		{"a 429 without a number keeps the wait", 9, []string{"429 5", "429", "200"}, seconds(5, 0)},
		{"a 429 restarts the wait", 1, []string{"429 5", "429 3", "200"}, seconds(5, 3)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &wire{answer: answerPer(tt.answers...)}
				rt := GHGARateLimit(GHGARateLimitConfig{RetryAfterApplicableForNumRequests: tt.forget})(w)
				for range tt.answers {
					resp, err := rt.RoundTrip(put(t, t.Context(), "x"))
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
				}
				if !slices.Equal(w.gaps(), tt.gaps) {
					t.Errorf("waited %v, want %v", w.gaps(), tt.gaps)
				}
			})
		})
	}
}

// A request in flight when the 429 comes erases the wait when its answer comes: the flaw of the default.
func TestGHGARateLimitInFlightAnswerErasesTheWait(t *testing.T) {
	for _, tt := range []struct {
		forget int
		want   time.Duration
	}{{1, 0}, {2, 7 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			w := roundTripper(func(req *http.Request) (*http.Response, error) {
				switch req.Header.Get("Test") {
				case "slow":
					time.Sleep(3 * time.Second)
					return status(200)
				case "throttled":
					return status(429, "Retry-After", "10")
				}
				return status(200)
			})
			rt := GHGARateLimit(GHGARateLimitConfig{RetryAfterApplicableForNumRequests: tt.forget})(w)
			send := func(kind string) {
				req := put(t, t.Context(), "x")
				req.Header.Set("Test", kind)
				if _, err := rt.RoundTrip(req); err != nil {
					t.Error(err)
				}
			}
			go send("slow")
			synctest.Wait()
			send("throttled")
			time.Sleep(3 * time.Second)
			synctest.Wait()
			start := time.Now()
			send("next")
			if got := time.Since(start); got != tt.want {
				t.Errorf("forgotten after %d: the next request waited %v, want %v", tt.forget, got, tt.want)
			}
		})
	}
}

// Sleepers do not look again, and all wake at once.
func TestGHGARateLimitSleepersDoNotLookAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: answerPer("429 2", "429 60", "200")}
		rt := GHGARateLimit(DefaultGHGARateLimit())(w)
		rt.RoundTrip(put(t, t.Context(), "x"))
		for range 3 {
			go rt.RoundTrip(put(t, t.Context(), "x"))
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if !slices.Equal(w.gaps(), seconds(2, 0, 0)) {
			t.Errorf("sent after %v; the 429 that asks for 60 s should hold nobody who sleeps already", w.gaps())
		}
	})
}

func TestGHGARateLimitJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const jitter = 4 * time.Second
		l := &ghgaRateLimit{cfg: GHGARateLimitConfig{PerRequestJitter: jitter}, rnd: &seeder{rnd: rand.New(rand.NewPCG(1, 2))}}
		for _, tt := range []struct{ rem, low, high time.Duration }{
			{0, 0, jitter},
			{time.Second, time.Second, jitter},
			{jitter, jitter, 2 * jitter},
			{10 * time.Second, 10 * time.Second, 14 * time.Second},
		} {
			l.wait, l.last = tt.rem, time.Now()
			low, high := time.Duration(math.MaxInt64), time.Duration(0)
			for range 1000 {
				d := l.delay()
				low, high = min(low, d), max(high, d)
			}
			width := tt.high - tt.low
			if low < tt.low || high > tt.high || low > tt.low+width/50 || high < tt.high-width/50 {
				t.Errorf("with %v left: from %v to %v, want from %v to %v", tt.rem, low, high, tt.low, tt.high)
			}
		}
		l.wait, l.last = math.MaxInt64, time.Now()
		if d := l.delay(); d < 0 {
			t.Errorf("an endless wait became %v", d)
		}
	})
}

func TestGHGARateLimitMark(t *testing.T) {
	for answer, want := range map[string]string{
		"429": "true", "429 0": "true", "429 0.0": "true", "429 -0": "true",
		"429 5": "", "429 -5": "", "429 1e-12": "", "429 nan": "", "200": "", "503": "",
	} {
		resp, err := GHGARateLimit(DefaultGHGARateLimit())(&wire{answer: answerPer(answer)}).RoundTrip(put(t, t.Context(), "x"))
		if err != nil || resp.Header.Get("Should-Wait") != want {
			t.Errorf("%s: Should-Wait is %q (%v), want %q", answer, resp.Header.Get("Should-Wait"), err, want)
		}
	}
}

func TestGHGARateLimitErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, headers := range [][]string{
			{"Retry-After", "Sat, 01 Jan 2000 00:00:05 GMT"},
			{"Retry-After", "5", "Retry-After", "5"},
			{"Retry-After", ""},
			{"Retry-After", "0x10"},
			{"Retry-After", "5s"},
		} {
			w := &wire{answer: always(429, headers...)}
			resp, err := Stack(w, GHGARetry(DefaultGHGARetry()), GHGARateLimit(DefaultGHGARateLimit())).RoundTrip(put(t, t.Context(), "x"))
			if resp != nil || err == nil || len(w.times) != 1 || w.unclosed() > 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v, %v after %d attempts; want an error that is not retried", headers, resp, err, len(w.times))
			}
		}
	})
}

func TestGHGARateLimitContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: answerPer("429 1e300")}
		rt := GHGARateLimit(DefaultGHGARateLimit())(w)
		rt.RoundTrip(put(t, t.Context(), "x"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req := put(t, ctx, "x")
		sent := &body{Reader: strings.NewReader("x")}
		req.Body = sent
		start := time.Now()
		_, err := rt.RoundTrip(req)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute || len(w.times) != 1 || !sent.closed.Load() {
			t.Errorf("%v after %v and %d attempts", err, time.Since(start), len(w.times))
		}
	})
}

func TestGHGARateLimitPassesErrorsOn(t *testing.T) {
	w := &wire{answer: func(int, *http.Request) (*http.Response, error) { return nil, io.EOF }}
	rt := GHGARateLimit(DefaultGHGARateLimit())(w)
	if _, err := rt.RoundTrip(put(t, t.Context(), "x")); err != io.EOF || rt.(*ghgaRateLimit).n != 0 {
		t.Errorf("got %v and counted %d", err, rt.(*ghgaRateLimit).n)
	}
}

func TestPythonFloat(t *testing.T) {
	for s, want := range map[string]float64{
		"5": 5, " 5 ": 5, "5.": 5, ".5": 0.5, "1_000": 1000, "1e3": 1000, "+1": 1, "-1": -1,
		"inf": math.Inf(1), "-Infinity": math.Inf(-1), "1e999": math.Inf(1),
	} {
		if got, err := pythonFloat(s); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", "e5", "0x10", "1__0", "_1", "1_", "5s", "5, 5", "infinit"} {
		if got, err := pythonFloat(s); err == nil {
			t.Errorf("%q: %v, want an error", s, got)
		}
	}
}

func FuzzPythonFloat(f *testing.F) {
	for _, s := range []string{"5", "1_0.5e-3", "nan", "-inf", "0x1p-2", "1e400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := pythonFloat(s)
		if err != nil {
			return
		}
		if d := secondsToDuration(x); (d == 0) != (x == 0) || x > 0 && d < 0 {
			t.Errorf("%q is %v s and became %v", s, x, d)
		}
	})
}
