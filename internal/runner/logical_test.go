package runner

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A client asks three times for the same URL, the second time in two attempts, and then without an id.
func TestLogicalCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecords(func(*http.Request) (string, int, int) { return "ucs_part_url", 1, 17 })
		r.begin(time.Now())
		wire := &recorder{wire: roundTrip(func(*http.Request) (*http.Response, error) { return answer(200), nil }), client: 3, to: r}
		gate := &entrance{next: roundTrip(func(q *http.Request) (*http.Response, error) {
			time.Sleep(time.Second) // a limit of its own
			return wire.RoundTrip(q)
		}), client: 3, to: r}
		for _, ask := range []struct {
			through http.RoundTripper
			id      string
		}{{gate, "a"}, {gate, "b"}, {wire, "b"}, {gate, "c"}, {wire, "a"}, {gate, ""}, {wire, ""}} {
			q := newPut(context.Background())
			if ask.id != "" {
				q.Header.Set("X-Request-Id", ask.id)
			}
			if _, err := ask.through.RoundTrip(q); err != nil {
				t.Fatal(err)
			}
		}
		want := []struct {
			call    string
			attempt int
		}{
			{"ucs_part_url/1/17", 1}, {"ucs_part_url/1/17#2", 1}, {"ucs_part_url/1/17#2", 2}, {"ucs_part_url/1/17#3", 1},
			{"ucs_part_url/1/17", 2}, {"ucs_part_url/1/17#4", 1}, {"ucs_part_url/1/17#4", 2},
		}
		rows := map[string]attempt{}
		for _, a := range r.take() {
			rows[a.ID] = a
		}
		for i, w := range want {
			a := rows["3-"+string(rune('1'+i))]
			if a.Call != w.call || a.Attempt.Attempt != w.attempt {
				t.Errorf("request %d is attempt %d of %s, want %d of %s", i+1, a.Attempt.Attempt, a.Call, w.attempt, w.call)
			}
			if a.Attempt.Attempt == 1 && (a.QueuedS == nil || *a.QueuedS != 1) {
				t.Errorf("%s waited %v s for its stack", a.Call, a.QueuedS)
			}
		}
	})
}

// The first requests have no id, then one has.
func TestLogicalCallsAfterOthers(t *testing.T) {
	r := newRecords(identifyPart)
	r.begin(time.Now())
	wire := &recorder{wire: roundTrip(func(*http.Request) (*http.Response, error) { return answer(200), nil }), to: r}
	for _, id := range []string{"", "", "x", ""} {
		q := newPut(context.Background())
		if id != "" {
			q.Header.Set("X-Request-Id", id)
		}
		if _, err := wire.RoundTrip(q); err != nil {
			t.Fatal(err)
		}
	}
	calls := map[string]int{}
	for _, a := range r.take() {
		calls[a.Call]++
	}
	if calls["upload_part/1/17"] != 3 || calls["upload_part/1/17#2"] != 1 {
		t.Errorf("%v", calls)
	}
}
