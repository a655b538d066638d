package live

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func start(t *testing.T, token, path string) *Server {
	t.Helper()
	s, err := Listen(Loopback(":0"), token)
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }), 0)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func ask(t *testing.T, method, url, host string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// One path is answered, for this machine, and nothing of the folder.
func TestServer(t *testing.T) {
	s := start(t, "", "/")
	if !strings.HasPrefix(s.URL, "http://127.0.0.1:") {
		t.Fatalf("it listens at %s", s.URL)
	}
	for _, c := range []struct {
		method, path, host string
		header             []string
		want               int
	}{
		{"GET", "", "", nil, 200},
		{"HEAD", "", "", nil, 200},
		{"GET", "?x=1", "localhost:1", nil, 200},
		{"POST", "", "", nil, 405},
		{"DELETE", "", "", nil, 405},
		{"GET", "trials.csv", "", nil, 404},
		{"GET", "plots/", "", nil, 404},
		{"GET", "%2e%2e/manifest.json", "", nil, 404},
		{"GET", "metrics", "", nil, 404},
		{"GET", "", "evil.example", nil, 403},
		{"GET", "", "", []string{"Origin", "http://evil.example"}, 403},
	} {
		if code, body := ask(t, c.method, s.URL+c.path, c.host, c.header...); code != c.want {
			t.Errorf("%s /%s for %q: %d %s", c.method, c.path, c.host, code, body)
		}
	}
}

func TestServerWithToken(t *testing.T) {
	s := start(t, "s3cret", "/metrics")
	for header, want := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer s3cret": 200, "Basic eDpzM2NyZXQ=": 200} {
		if code, body := ask(t, "GET", s.URL+"metrics", "bench:9090", "Authorization", header); code != want || strings.Contains(body, "s3cret") {
			t.Errorf("%q: %d %s", header, code, body)
		}
	}
}

// A port that is taken is an error before anything is begun, and one that is given back can be taken.
func TestListen(t *testing.T) {
	s, err := Listen("127.0.0.1:0", "")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/")
	if _, err := Listen(address, ""); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("a port that is taken: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s, err = Listen(address, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A run that has ended waits for those who come regularly, and for nobody else.
func TestLinger(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	for name, c := range map[string]struct {
		every time.Duration
		came  []time.Duration // before the end
		next  time.Duration   // after the end; zero: never
		want  time.Duration
	}{
		"nobody":                   {2 * time.Second, nil, 0, 0},
		"a page that is open":      {2 * time.Second, []time.Duration{ms(3500), ms(1500)}, ms(500), ms(500)},
		"a page that was closed":   {2 * time.Second, []time.Duration{ms(3500)}, 0, 0},
		"a page that is closed":    {2 * time.Second, []time.Duration{ms(500)}, 0, ms(2500)},
		"Prometheus":               {0, []time.Duration{ms(20_000), ms(5000)}, ms(10_000), ms(10_000)},
		"a Prometheus that went":   {0, []time.Duration{ms(20_000), ms(5000)}, 0, ms(17_500)},
		"a Prometheus that lasts":  {0, []time.Duration{ms(81_000), ms(1000)}, 0, lingerMost},
		"a lazy Prometheus":        {0, []time.Duration{ms(400_000), ms(1000)}, 0, 0},
		"two looks, an hour apart": {0, []time.Duration{ms(3_599_000), ms(1000)}, 0, 0},
		"somebody who looked once": {0, []time.Duration{ms(500)}, ms(100), 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			v := &visits{every: c.every}
			began := time.Now()
			end := began.Add(time.Hour)
			for _, before := range c.came {
				time.Sleep(time.Until(end.Add(-before)))
				v.note("it", time.Now())
			}
			time.Sleep(time.Until(end))
			if c.next > 0 {
				go func() {
					time.Sleep(c.next)
					v.note("it", time.Now())
				}()
			}
			v.await(t.Context(), lingerMost)
			if got := time.Since(end); got != c.want {
				t.Errorf("%s: waited %v, want %v", name, got, c.want)
			}
			time.Sleep(time.Hour)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		v := &visits{every: time.Minute}
		v.note("it", time.Now())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if v.await(ctx, time.Hour); time.Since(began) != time.Second {
			t.Errorf("an interrupt is waited out: %v", time.Since(began))
		}
	})
}

// Two who look once each are not one who comes regularly, and somebody else's visit is not the one that is waited for.
func TestLingerTellsVisitorsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &visits{}
		began := time.Now()
		v.note("a curl", time.Now())
		time.Sleep(10 * time.Second)
		v.note("another curl", time.Now())
		if v.await(t.Context(), lingerMost); time.Since(began) != 10*time.Second {
			t.Errorf("two strangers hold the end for %v", time.Since(began)-10*time.Second)
		}
		for range 3 {
			v.note("Prometheus", time.Now())
			time.Sleep(10 * time.Second)
		}
		end := time.Now() // it came ten seconds ago, and comes again in four
		go func() {
			time.Sleep(time.Second)
			v.note("a curl", time.Now())
			time.Sleep(3 * time.Second)
			v.note("Prometheus", time.Now())
		}()
		if v.await(t.Context(), lingerMost); time.Since(end) != 4*time.Second {
			t.Errorf("waited %v for Prometheus", time.Since(end))
		}
		for i := range 100 {
			v.note(strconv.Itoa(i), time.Now())
		}
		if len(v.of) != maxVisitors {
			t.Errorf("%d visitors are remembered", len(v.of))
		}
	})
}

const lingerMost = 90 * time.Second
