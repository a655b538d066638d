package control

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/tally"
)

type fixture struct {
	t    testing.TB
	srv  *faultserver.Server
	api  http.Handler
	feed *Feed
}

func newFixture(t testing.TB, token string) *fixture {
	f := &fixture{t: t, feed: NewFeed()}
	tl, m := tally.New(), NewMetrics()
	var err error
	f.srv, err = faultserver.New(faultserver.Options{
		Phases: []faultserver.Phase{{Name: "calm"}},
		Rules:  []faultserver.Rule{{Name: "busy", Do: faults.Of(&faults.Status{Code: 503})}},
		Sink:   func(r *record.LedgerRow) { f.feed.Add(r); tl.Add(r); m.Add(r) },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.api = New(Config{Server: f.srv, Feed: f.feed, Tally: tl, Metrics: m, Token: token})
	return f
}

func (f *fixture) ask(method, path, body string, header ...string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:9901"
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// request lets the fault server handle one.
func (f *fixture) request() {
	h := f.srv.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ops.Plain)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
}

func TestAPI(t *testing.T) {
	f := newFixture(t, "")
	f.request()
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/healthz", "", 200, "ok"},
		{"GET", "/rules", "", 200, `"acted": 1`},
		{"GET", "/rules/busy", "", 200, `"code": 503`},
		{"GET", "/rules/none", "", 404, `no rule is called`},
		{"POST", "/rules", "name: slow\nlatency: {add: 1ms}", 201, `"name": "slow"`},
		{"POST", "/rules", `{"name": "json", "status": {"code": 500}}`, 201, `"name": "json"`},
		{"POST", "/rules", "name: slow\nlatency: {add: 1ms}", 400, "two fault rules"},
		{"POST", "/rules", "name: x\nstatus: {code: 5}", 400, "rule:2:"},
		{"POST", "/rules", "name: x\nwhen: {phase: none}\nstatus: {code: 500}", 400, "no phase"},
		{"POST", "/rules", "name: x\nwhen: {replay: {file: /etc/passwd}}\nstatus: {code: 500}", 400, "may not name files"},
		{"POST", "/rules", "", 400, "rule"},
		{"POST", "/rules", strings.Repeat("x", maxBody+1), 413, "at most 1 MiB"},
		{"PUT", "/rules/slow", "name: slow\nlatency: {add: 2ms}", 200, `"add": "2ms"`},
		{"PUT", "/rules/slow", "name: other\nlatency: {add: 2ms}", 400, "give it the same name"},
		{"PUT", "/rules/none", "name: none\nlatency: {add: 2ms}", 404, "no rule"},
		{"DELETE", "/rules/slow", "", 200, "busy"},
		{"DELETE", "/rules/slow", "", 404, "no rule"},
		{"GET", "/phases", "", 200, `"calm"`},
		{"POST", "/phase/calm", "", 200, `"now": true`},
		{"POST", "/phase/none", "", 404, "no phase"},
		{"PUT", "/scenario", "version: 1\nname: s\nfaults:\n  - {name: only, status: {code: 500}}", 200, "only"},
		{"PUT", "/scenario", "version: 1\nname: s\nfaults:\n  - {name: only, status: {code: 5}}", 400, "scenario:4:"},
		{"PUT", "/scenario", "version: 1\nname: s\nfaults:\n  - {name: a, when: {replay: {file: x}}, status: {code: 500}}", 400, "replay"},
		{"GET", "/summary", "", 200, `"amplification"`},
		{"GET", "/metrics", "", 200, `ratebench_attempts_total{op="http",rule="busy",status="503"} 1`},
		{"GET", "/ledger", "", 200, `"rule":"busy"`},
		{"POST", "/reset", "", 200, `"acted": 0`},
		{"GET", "/summary", "", 200, "[]"},
		{"PATCH", "/rules", "", 405, ""},
	} {
		status, body := f.ask(tt.method, tt.path, tt.body)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s %s: %d, want %d with %q\n%s", tt.method, tt.path, status, tt.status, tt.want, body)
		}
	}
	if rules := f.srv.Rules(); len(rules) != 1 || rules[0].Name != "only" {
		t.Errorf("a broken scenario changed the rules: %+v", rules)
	}
}

func TestWhoMayAsk(t *testing.T) {
	open, guarded := newFixture(t, ""), newFixture(t, "secret-token")
	for _, tt := range []struct {
		f      *fixture
		header []string
		status int
	}{
		{open, nil, 200},
		{open, []string{"Host", "localhost:1"}, 200},
		{open, []string{"Host", "[::1]:1"}, 200},
		{open, []string{"Host", "evil.example"}, 403}, // DNS rebinding
		{open, []string{"Origin", "http://evil.example"}, 403},
		{open, []string{"Origin", "http://127.0.0.1:9901"}, 200},
		{guarded, nil, 401},
		{guarded, []string{"Authorization", "Bearer wrong"}, 401},
		{guarded, []string{"Authorization", "secret-token"}, 401},
		{guarded, []string{"Authorization", "Bearer secret-token", "Host", "elsewhere"}, 200},
	} {
		if status, body := tt.f.ask("GET", "/rules", "", tt.header...); status != tt.status || strings.Contains(body, "secret-token") {
			t.Errorf("%v: %d, want %d\n%s", tt.header, status, tt.status, body)
		}
	}
	if status, _ := guarded.ask("GET", "/healthz", ""); status != 200 {
		t.Error("healthz asks for a token")
	}
}

// Who follows the ledger sees the last rows and those to come.
func TestFollow(t *testing.T) {
	f := newFixture(t, "")
	f.request()
	ts := httptest.NewServer(f.api)
	defer ts.Close()
	resp, err := http.Get(ts.URL + "/ledger?follow=1")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(resp.Body)
	for i := 1; i <= 3; i++ {
		line, err := lines.ReadString('\n')
		var row record.LedgerRow
		if err != nil || json.Unmarshal([]byte(line), &row) != nil || row.Seq != i {
			t.Fatalf("row %d: %q, %v", i, line, err)
		}
		f.request()
	}
	f.srv.Stop()
	if _, err := io.Copy(io.Discard, lines); err != nil {
		t.Errorf("after the server stopped: %v", err)
	}
	resp.Body.Close()
}

func TestFeedIsARing(t *testing.T) {
	f := NewFeed()
	kept, rows, leave := f.Follow()
	if len(kept) != 0 {
		t.Error("an empty feed has rows")
	}
	for i := range keptRows + behindRows + 10 {
		f.Add(&record.LedgerRow{Kind: record.LedgerAttempt, Seq: i + 1})
	}
	lines := strings.Split(strings.TrimSpace(string(f.Last())), "\n")
	if len(lines) != keptRows || !strings.Contains(lines[0], fmt.Sprintf(`"seq":%d,`, behindRows+11)) {
		t.Errorf("%d rows are kept, the first is %s", len(lines), lines[0])
	}
	n := 0
	for line := range rows { // it was too slow, and is closed
		if n++; !strings.Contains(string(line), fmt.Sprintf(`"seq":%d,`, n)) {
			t.Fatalf("row %d is %s", n, line)
		}
	}
	if n != behindRows {
		t.Errorf("a slow follower got %d rows", n)
	}
	leave()
}

// Whatever comes as a body, the answer is JSON with a status that means something.
func FuzzBodies(f *testing.F) {
	f.Add("name: x\nstatus: {code: 503}", "POST", "/rules")
	f.Add(`{"name":"busy","when":{"burst":{"to_bad":"1%","to_good":"2%"}},"throttle":{"rate":"1/s"}}`, "PUT", "/rules/busy")
	f.Add("version: 1\nname: s\nphases: [{name: a}]\nfaults:\n  - {name: a, when: {phase: a}, reset: {}}", "PUT", "/scenario")
	f.Add("a: [[[[&x *x", "PUT", "/scenario")
	f.Fuzz(func(t *testing.T, body, method, path string) {
		if path != "/rules" && path != "/rules/busy" && path != "/scenario" || method != "POST" && method != "PUT" {
			return
		}
		fx := newFixture(t, "")
		status, answer := fx.ask(method, path, body)
		switch status {
		case 200, 201, 400, 404:
			if !json.Valid([]byte(answer)) {
				t.Errorf("%d: %s", status, answer)
			}
		case 405:
		default:
			t.Errorf("%s %s: %d %s", method, path, status, answer)
		}
	})
}
