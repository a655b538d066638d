package contestants

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/transport"
)

// The rows are the presets of package connector, and every parameter changes something.
func TestConnectorsBehave(t *testing.T) {
	for name, want := range map[string]connector.Behaviour{"connector-as-is": connector.AsIs(), "connector-fixed": connector.Fixed()} {
		c, err := New(name, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.(workloads.ConnectorContestant).Behaviour(); got != want {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
		for _, p := range behaviourParams(want) {
			other := map[string]string{TypeCount: "77", TypeDuration: "77s", TypeBool: "true"}[p.Type]
			if p.Default == other {
				other = "false"
			}
			c, err := New(name, "", map[string]string{p.Name: other})
			if err != nil {
				t.Fatal(err)
			}
			if c.(workloads.ConnectorContestant).Behaviour() == want {
				t.Errorf("%s: %s changes nothing", name, p.Name)
			}
		}
	}
}

// What the two stacks do with hints and with methods.
func TestConnectorStacks(t *testing.T) {
	testBehaviours(t, "connector-fixed", []behaviour{
		{what: "503 with a hint", say: once(503, "7"), waits: []within{{7e9, 8e9}}, status: 200},
		{what: "a hint that is longer than a token lives", say: once(429, "45"), waits: []within{{45e9, 46e9}}, status: 200},
		{what: "POST is not repeated blindly", method: "POST", say: once(500, ""), status: 500},
		{what: "unless it was not carried out", method: "POST", say: once(503, "2"), waits: []within{{2e9, 3e9}}, status: 200},
		{what: "429 to a POST is the Connector's to wait for", method: "POST", say: once(429, "2"), status: 429},
		{what: "twelve attempts", say: status(503), waits: grow(11, 200*time.Millisecond, 2, 20*time.Second, 0, 1), status: 503},
	})
	testBehaviours(t, "connector-as-is", []behaviour{
		{what: "503 with a hint", say: once(503, "7"), waits: exactly(1e9), status: 200},
		{what: "POST is repeated", method: "POST", say: once(500, ""), waits: exactly(1e9), status: 200},
		{what: "three attempts", say: status(503), waits: exactly(1e9, 2e9), err: "503"},
	})
}

// A request that the connector vouches for is repeated whatever its method, and an answer to what was in flight shortens no pause.
func TestConnectorFixedPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{say: once(500, "")}
		req := put(t.Context())
		req.Method = http.MethodPatch
		req.Header["Idempotency-Key"] = nil
		resp, err := stackOf(t, "connector-fixed", nil, testClient(s)).RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", resp, err)
		}
		resp.Body.Close()
	})
	for name, least := range map[string]time.Duration{"connector-fixed": 30 * time.Second, "connector-as-is": 0} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			wire := roundTrip(func(req *http.Request) (*http.Response, error) {
				header, code := http.Header{}, http.StatusOK
				switch {
				case req.Header.Get("X-Name") == "slow": // in flight while the other is refused
					time.Sleep(2 * time.Second)
				case time.Since(start) < time.Second:
					header.Set("Retry-After", "30")
					code = http.StatusTooManyRequests
				}
				return &http.Response{StatusCode: code, Header: header, Body: http.NoBody, Request: req}, nil
			})
			rt := stackOf(t, name, nil, testClient(wire))
			send := func(name string) time.Duration {
				req := put(t.Context())
				req.Header.Set("X-Name", name)
				resp, err := rt.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return 0
				}
				resp.Body.Close()
				return time.Since(start)
			}
			var wg sync.WaitGroup
			wg.Go(func() { send("slow") })
			time.Sleep(time.Millisecond)
			wg.Go(func() { send("refused") })
			time.Sleep(3 * time.Second)
			if at := send("late"); at < least || least == 0 && at > 10*time.Second {
				t.Errorf("%s: a request after the refusal ended at %v", name, at)
			}
			wg.Wait()
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// once is a refusal with a Retry-After, if any, and success from then on.
func once(code int, after string) func(n int) answer {
	return func(n int) answer {
		switch {
		case n > 1:
			return answer{status: http.StatusOK}
		case after == "":
			return answer{status: code}
		}
		return answer{status: code, header: []string{"Retry-After", after}}
	}
}

// A request that nobody answers is given up after a minute, and tried again where it may be; the DCS has more time for an object.
func TestConnectorsTimeOut(t *testing.T) {
	for name, c := range map[string]struct {
		with    map[string]string
		patient bool
		least   time.Duration
	}{
		"connector-as-is":            {least: 60 * time.Second},
		"connector-fixed":            {least: 60 * time.Second},
		"connector-as-is, an object": {patient: true, least: 310 * time.Second},
		"connector-fixed, an object": {patient: true, least: 310 * time.Second},
		"connector-as-is, set":       {with: map[string]string{"timeout": "10s"}, least: 10 * time.Second},
		"connector-fixed, for ever":  {with: map[string]string{"timeout": "0s"}, least: 20 * time.Minute},
	} {
		synctest.Test(t, func(t *testing.T) {
			attempts := 0
			wire := roundTrip(func(req *http.Request) (*http.Response, error) {
				if attempts++; attempts == 1 {
					select {
					case <-time.After(20 * time.Minute):
					case <-req.Context().Done():
						return nil, req.Context().Err()
					}
				}
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
			})
			ctx := t.Context()
			if c.patient {
				ctx = transport.Patient(ctx, 310*time.Second)
			}
			start := time.Now()
			contestant, _, _ := strings.Cut(name, ",")
			resp, err := stackOf(t, contestant, c.with, testClient(wire)).RoundTrip(put(ctx))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			resp.Body.Close()
			if took := time.Since(start); took < c.least || took > c.least+2*time.Second {
				t.Errorf("%s: it took %v, want %v and a pause", name, took, c.least)
			}
		})
	}
}

// What is searched of the Connector as it is are keys of its configuration; the rest can be asked for.
func TestConnectorAsIsSearched(t *testing.T) {
	row, err := Find("connector-as-is")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range row.Searchable() {
		got = append(got, p.Name)
	}
	want := "num_retries exponential_backoff_max per_request_jitter retry_after_applicable_for_num_requests max_connections"
	if strings.Join(got, " ") != want {
		t.Errorf("searched are %q, want %q", got, want)
	}
}

// A pool of five connections has five answers at a time, those that are still being read among them.
func TestConnectionsHoldWhatIsRead(t *testing.T) {
	for name, most := range map[string]int{"ghga-connector": 5, "connector-as-is": 5, "ghga-epic": 5, "ghga-datasteward": 10} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			now, at := 0, 0
			rt := stackOf(t, name, nil, testClient(roundTrip(func(req *http.Request) (*http.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				now++
				at = max(at, now)
				return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("ab")), Request: req}, nil
			})))
			var wg sync.WaitGroup
			for range 24 {
				wg.Go(func() {
					resp, err := rt.RoundTrip(put(t.Context()))
					if err != nil {
						t.Error(err)
						return
					}
					time.Sleep(time.Second)
					mu.Lock()
					now--
					mu.Unlock()
					resp.Body.Close()
				})
			}
			wg.Wait()
			if at != most {
				t.Errorf("%s: %d answers at a time, want %d", name, at, most)
			}
		})
	}
}
