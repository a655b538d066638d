package faultserver

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// control sends requests to a control plane through a server without rules, and returns the attempts that it counts and what it names.
func control(t *testing.T, o Options, asks ...[3]string) (attempts []int, s *Server) {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := s.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ops.GHGA)
	for _, a := range asks {
		method := http.MethodGet
		if a[2] != "" {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, a[1], strings.NewReader(a[2]))
		if a[0] != "" {
			r.Header.Set(AttemptHeader, a[0])
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	for _, row := range s.Ledger() {
		attempts = append(attempts, row.Attempt)
	}
	return attempts, s
}

// What each client, and each kind of work on a file, asks of a control plane is counted on its own: what another client does changes nothing.
func TestControlIsCountedByClientAndWork(t *testing.T) {
	const tokens = "/wps/work-packages/p/boxes/b/work-order-tokens"
	for _, tt := range []struct {
		what string
		asks [][3]string // attempt header, path, body
		want [3]int
	}{
		{"packages of two clients", [][3]string{{"0-1", "/wps/work-packages/p", ""}, {"1-2", "/wps/work-packages/q", ""}, {"0-3", "/wps/work-packages/p", ""}}, [3]int{1, 1, 2}},
		{"a package they share", [][3]string{{"0-1", "/wps/work-packages/p", ""}, {"1-2", "/wps/work-packages/p", ""}, {"0-3", "/wps/work-packages/p", ""}}, [3]int{1, 1, 2}},
		{"clients that do not say who they are", [][3]string{{"", "/wps/work-packages/p", ""}, {"x", "/wps/work-packages/q", ""}, {"", "/wps/work-packages/p", ""}}, [3]int{1, 2, 3}},
		{"listings", [][3]string{{"0-1", "/ucs/boxes/b/uploads", ""}, {"1-2", "/ucs/boxes/c/uploads", ""}, {"1-3", "/ucs/boxes/c/uploads", ""}}, [3]int{1, 1, 2}},
		{"view tokens", [][3]string{{"0-1", tokens, `{"work_type":"view"}`}, {"1-2", tokens, `{"work_type":"view"}`}, {"0-3", tokens, `{"work_type":"view"}`}}, [3]int{1, 1, 2}},
		{"tokens of a file", [][3]string{
			{"0-1", tokens, `{"work_type":"upload","file_id":"f"}`}, {"0-2", tokens, `{"work_type":"close","file_id":"f"}`},
			{"1-3", tokens, `{"work_type":"upload","file_id":"f"}`},
		}, [3]int{1, 1, 2}},
	} {
		got, _ := control(t, Options{}, tt.asks...)
		if [3]int(got) != tt.want {
			t.Errorf("%s: attempts %v, want %v", tt.what, got, tt.want)
		}
	}
}

// Where ids are made anew in every run, the name decides, and stands in the ledger.
func TestNamedObjects(t *testing.T) {
	name := func(q ops.Request) (string, bool) { return "sample.bam", q.Key == "f" || q.Key == "g" }
	got, s := control(t, Options{Name: name},
		[3]string{"", "/ucs/boxes/b/uploads/f/parts/3", ""}, [3]string{"", "/ucs/boxes/c/uploads/g/parts/3", ""}, [3]string{"", "/ucs/boxes/c/uploads/h/parts/3", ""})
	if [3]int(got) != [3]int{1, 2, 1} {
		t.Errorf("attempts %v", got)
	}
	if row := s.Ledger()[1]; row.Bucket != "" || row.Key != "sample.bam" {
		t.Errorf("the ledger has %q in %q", row.Key, row.Bucket)
	}
	if row := s.Ledger()[2]; row.Bucket != "c" || row.Key != "h" {
		t.Errorf("the ledger has %q in %q", row.Key, row.Bucket)
	}
}

// A recorded ledger tells the same attempts as the requests that come again.
func TestReplayKnowsWork(t *testing.T) {
	const tokens = "/wps/work-packages/p/boxes/b/work-order-tokens"
	_, s := control(t, Options{Name: func(q ops.Request) (string, bool) { return "a", q.Key == "f" }}, [3]string{"", tokens, `{"work_type":"close","file_id":"f"}`},
		[3]string{"3-7", "/wps/work-packages/p", ""})
	for _, row := range s.Ledger() {
		row.Rule = "r"
		line := string(row.Append(nil))
		r, err := readReplay(strings.NewReader(line), "r", false)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := s.identify(ops.Request{Op: row.Op, Bucket: "p", Key: map[string]string{"a": "f"}[row.Key], Work: row.Work}, row.ID)
		if !r.attempts[recorded{id, row.Attempt}] {
			t.Errorf("%s: not the attempt that was recorded", row.Op)
		}
	}
}
