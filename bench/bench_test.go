package bench_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/ratebench/ratebench/bench"
)

// tiny has two parts, of which the first is refused once, when it has come as a whole: who still sends may see a broken connection instead.
const tiny = `
version: 1
name: tiny
network: {latency: 1ms, bandwidth: 500MiB/s}
workload: {object_size: 10MiB, part_size: 5MiB, concurrency: 2}
faults:
  - {name: busy, match: {op: upload_part, parts: 1}, when: {first: 1}, status: {code: 429, send: after_body, retry_after: {value: 1s}}}
contestants: [no-retry]
`

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiny.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mine(wrap func(bench.Client) http.RoundTripper) []bench.Contestant {
	return []bench.Contestant{{Name: "mine", New: wrap}}
}

func rude(c bench.Client) http.RoundTripper { return retrying{c.Wire} }

func TestRun(t *testing.T) {
	var made atomic.Int32
	out := filepath.Join(t.TempDir(), "out")
	res, err := bench.Run(t.Context(), bench.Config{
		Scenario: file(t, tiny), Set: []string{"workload.clients=2", "repeats=2"}, Against: []string{"no-retry", "{name: exponential, as: patient, with: {base: 1ms}}"},
		Contestants: mine(func(c bench.Client) http.RoundTripper {
			made.Add(1)
			if c.Wire == nil || c.Rand == nil || c.PartSize != 5<<20 || c.Concurrency != 2 {
				t.Errorf("client %+v", c)
			}
			return rude(c)
		}),
		Out: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := made.Load(); n != 5 {
		t.Errorf("New was called %d times, want once before, and for each of two clients in each of two trials", n)
	}
	if len(res.Rows) != 4 || !res.Rows[3].Oracle {
		t.Fatalf("rows %+v", res.Rows)
	}
	row := res.Of("mine")[0]
	if row.Trials != 2 || row.Objects != 4 || row.FailedObjects != 0 || row.Retries != 2 || row.Throttled != 2 || row.Early > 2 || row.Calls != 8 ||
		row.Goodput <= 0 || row.Efficiency <= 0 || row.P50 <= 0 || row.Amplification != 1.25 || row.Recovered || row.Recovery != 0 {
		t.Errorf("mine: %+v", row)
	}
	if row := res.Of("patient")[0]; row.Early != 0 || row.FailedObjects != 0 {
		t.Errorf("patient: %+v", row)
	}
	if row := res.Of("no-retry")[0]; row.FailedObjects != 4 || row.Goodput != 0 {
		t.Errorf("no-retry: %+v", row)
	}
	if res.Of("nobody") != nil {
		t.Error("nobody has rows")
	}
	var table bytes.Buffer
	if err := res.WriteTable(&table); err != nil || !strings.Contains(table.String(), "patient") {
		t.Errorf("the table: %v\n%s", err, &table)
	}
	if len(res.Warnings) == 0 || !strings.Contains(strings.Join(res.Warnings, "\n"), "2 repeats per cell") {
		t.Errorf("warnings %q", res.Warnings)
	}
	for _, name := range []string{"trials.csv", "summary.md", "bench.txt"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	if m, _ := os.ReadFile(filepath.Join(out, "manifest.json")); !bytes.Contains(m, []byte(`"outcome": "passed"`)) {
		t.Errorf("the manifest does not say that the run passed:\n%s", m)
	}
	if _, err := bench.Run(t.Context(), bench.Config{Scenario: file(t, tiny), Contestants: mine(rude), Out: out}); err == nil {
		t.Error("a folder that holds a run was written to again")
	}
}

// Who does not wait as long as the server asks is early. In a bubble, since on a busy machine the second may be over before the next attempt.
func TestEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		res, err := bench.Run(t.Context(), bench.Config{Scenario: file(t, tiny), Set: []string{"workload.clients=2", "oracle=false"}, Contestants: mine(rude)})
		if err != nil {
			t.Fatal(err)
		}
		if row := res.Of("mine")[0]; row.Early != 2 || row.Throttled != 2 || row.FailedObjects != 0 {
			t.Errorf("%+v", row)
		}
	})
}

// In a bubble nothing waits, and the same seed gives the same rows.
func TestVirtual(t *testing.T) {
	var first []bench.Row
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			res, err := bench.Run(t.Context(), bench.Config{
				Scenario: "throttle", Set: []string{"workload.object_size=60MiB", "workload.stand_in=64KiB", "workload.concurrency=16"},
				Contestants: mine(rude), Against: []string{"exponential"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if res.Report.Clock != "virtual" || len(res.Rows) != 3 {
				t.Errorf("on the %s clock: %+v", res.Report.Clock, res.Rows)
			}
			if first == nil {
				first = res.Rows
			} else if !reflect.DeepEqual(first, res.Rows) {
				t.Errorf("the same seed gave\n%+v\nand then\n%+v", first, res.Rows)
			}
		})
	}
}

// A fleet of clients sends single calls.
func TestCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clients := 0
		res, err := bench.Run(t.Context(), bench.Config{
			Scenario: "fleet-quota", Set: []string{"workload.clients=50", "faults.quota.throttle.rate=9/s", "faults.quota.throttle.burst=5", "oracle=false"},
			Contestants: mine(func(c bench.Client) http.RoundTripper {
				clients++
				return c.Wire
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if row := res.Of("mine")[0]; clients != 51 || row.Throttled == 0 || row.Calls < 400 || row.FailedCalls == 0 {
			t.Errorf("%d clients: %+v", clients, row)
		}
	})
}

func TestErrors(t *testing.T) {
	path := file(t, tiny)
	for name, tt := range map[string]struct {
		config bench.Config
		want   string
	}{
		"no contestant": {bench.Config{Scenario: path}, "no contestant"},
		"no New":        {bench.Config{Scenario: path, Contestants: mine(nil)}, `"mine" has no New`},
		"no scenario":   {bench.Config{Contestants: mine(rude)}, "no file is named"},
		"unknown":       {bench.Config{Scenario: "throtle", Contestants: mine(rude)}, "throttle"},
		"against":       {bench.Config{Scenario: path, Contestants: mine(rude), Against: []string{"exponental"}}, `Config.Against[0]: name: unknown contestant "exponental": did you mean exponential`},
		"parameter":     {bench.Config{Scenario: path, Contestants: mine(rude), Against: []string{"{name: immediate, with: {attempts: none}}"}}, "Config.Against[0]: with: contestant immediate: parameter attempts"},
		"twice":         {bench.Config{Scenario: path, Contestants: append(mine(rude), mine(rude)...)}, `Config.Contestants[1]: Name "mine" is taken`},
		"both":          {bench.Config{Scenario: path, Contestants: mine(rude), Against: []string{"immediate", "{name: exponential, as: mine}"}}, "Config.Against[1]: two contestants are called mine"},
		"name":          {bench.Config{Scenario: path, Contestants: []bench.Contestant{{Name: "my own", New: rude}}}, `Config.Contestants[0]: Name "my own" is no name`},
		"no YAML":       {bench.Config{Scenario: path, Contestants: mine(rude), Against: []string{"{exponential"}}, "bench: Config.Against: not valid YAML"},
		"no name":       {bench.Config{Scenario: path, Contestants: mine(rude), Against: []string{"exponential", " "}}, "Config.Against[1] is empty"},
		"unknown key":   {bench.Config{Scenario: path, Contestants: mine(rude), Set: []string{"workload.parts=3"}}, `Config.Set "workload.parts=3": unknown key "parts"`},
		"oracle":        {bench.Config{Scenario: path, Contestants: []bench.Contestant{{Name: "oracle", New: rude}}}, "yardstick"},
		"set":           {bench.Config{Scenario: path, Contestants: mine(rude), Set: []string{"contestants=[immediate]"}}, "Config.Against"},
		"backend":       {bench.Config{Scenario: path, Contestants: mine(rude), Set: []string{"backend.kind=minio"}}, "embedded"},
		"stand-in":      {bench.Config{Scenario: path, Contestants: mine(rude), Set: []string{"workload.stand_in=64KiB"}}, "synctest"},
		"nil":           {bench.Config{Scenario: path, Contestants: mine(func(bench.Client) http.RoundTripper { return nil })}, "returned nil"},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := bench.Run(t.Context(), tt.config)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "--set") || res != nil {
				t.Errorf("got %v and %v, want an error about %q", res, err, tt.want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	none := func(c bench.Client) http.RoundTripper { return c.Wire }
	run := func(ctx context.Context, wrap func(bench.Client) http.RoundTripper, set ...string) (*bench.Result, error) {
		return bench.Run(ctx, bench.Config{Scenario: file(t, tiny), Contestants: mine(wrap), Set: append(set, "oracle=false")})
	}
	res, err := run(t.Context(), rude, "thresholds=[{metric: early, max: 0}, {metric: failed_objects, max: 0}]")
	if e, ok := errors.AsType[*bench.ThresholdError](err); !ok || len(e.Checks) != 1 || !strings.Contains(err.Error(), "early of mine") || res == nil {
		t.Errorf("a threshold that does not hold: %v", err)
	}
	if res, err = run(t.Context(), none); !errors.Is(err, bench.ErrNoVerdict) || res == nil || res.Of("mine")[0].FailedObjects != 1 {
		t.Errorf("nothing got through: %v, %+v", err, res)
	}
	if res, err = run(t.Context(), func(c bench.Client) http.RoundTripper { return broken{rude(c)} }); !errors.Is(err, bench.ErrTrials) || res == nil {
		t.Errorf("an object that is not as it was sent: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	if _, err = run(ctx, func(c bench.Client) http.RoundTripper { cancel(why); return rude(c) }); !errors.Is(err, why) {
		t.Errorf("a context that ends: %v", err)
	}
}

// broken turns the first byte of every body around.
type broken struct{ next http.RoundTripper }

func (b broken) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPut {
		req = req.Clone(req.Context())
		body := req.GetBody
		req.GetBody = func() (io.ReadCloser, error) {
			r, err := body()
			return &turned{ReadCloser: r}, err
		}
		req.Body, _ = req.GetBody()
	}
	return b.next.RoundTrip(req)
}

type turned struct {
	io.ReadCloser
	done bool
}

func (r *turned) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n > 0 && !r.done {
		p[0], r.done = ^p[0], true
	}
	return n, err
}

// A contestant that gives up leaves connections that linger; Run waits for them, whoever comes last.
func TestVirtualLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		res, err := bench.Run(t.Context(), bench.Config{
			Scenario: "throttle", Set: []string{"workload.concurrency=4", "workload.object_size=200MiB"},
			Contestants: []bench.Contestant{{Name: "bare", New: func(c bench.Client) http.RoundTripper { return c.Wire }}},
		})
		if err != nil || res.Of("bare")[0].FailedObjects != 1 {
			t.Errorf("%+v, %v", res, err)
		}
	})
}

// Duplicates are a number only where something could be done twice.
func TestDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := func(method string) bench.Row {
			res, err := bench.Run(t.Context(), bench.Config{
				Scenario: file(t, `
version: 1
name: lost
workload: {kind: calls, mix: [{method: `+method+`, size: 1KiB}], objects: 3, concurrency: 1}
faults: [{name: lost, when: {first: 1}, reset: {at: after_commit}}]
contestants: [no-retry]
oracle: false
`), Contestants: mine(func(c bench.Client) http.RoundTripper { return again{c.Wire} }),
			})
			if err != nil {
				t.Fatal(err)
			}
			return res.Of("mine")[0]
		}
		if row := run("PUT"); row.Duplicates != nil {
			t.Errorf("PUT: %v duplicates", *row.Duplicates)
		}
		if row := run("POST"); row.Duplicates == nil || *row.Duplicates != 3 {
			t.Errorf("POST: %+v", row)
		}
	})
}

// again sends once more what got no answer.
type again struct{ next http.RoundTripper }

func (a again) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := a.next.RoundTrip(req)
	if err != nil {
		req = req.Clone(req.Context())
		req.Body, _ = req.GetBody()
		return a.next.RoundTrip(req)
	}
	return resp, nil
}

// A New that returns nil is found before anything runs, and later on too.
func TestNewReturnsNil(t *testing.T) {
	sent := 0
	first := bench.Contestant{Name: "first", New: func(c bench.Client) http.RoundTripper { return counting{c.Wire, &sent} }}
	if _, err := bench.Run(t.Context(), bench.Config{Scenario: file(t, tiny), Contestants: append([]bench.Contestant{first},
		mine(func(bench.Client) http.RoundTripper { return nil })...)}); err == nil || !strings.Contains(err.Error(), "Config.Contestants[1]: New") || sent > 0 {
		t.Errorf("%v, after %d requests", err, sent)
	}
	n := 0
	if _, err := bench.Run(t.Context(), bench.Config{Scenario: file(t, tiny), Set: []string{"oracle=false"}, Contestants: mine(func(c bench.Client) http.RoundTripper {
		if n++; n > 1 {
			return nil
		}
		return c.Wire
	})}); err == nil || !strings.Contains(err.Error(), "Config.Contestants[0]: New") {
		t.Error(err)
	}
}

// counting counts what is sent.
type counting struct {
	next http.RoundTripper
	n    *int
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	*c.n++
	return c.next.RoundTrip(r)
}
