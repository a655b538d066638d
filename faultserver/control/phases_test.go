package control

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/tally"
)

// A phase that does not come has no times.
func TestPhasesThatDoNotCome(t *testing.T) {
	srv, err := faultserver.New(faultserver.Options{Phases: []faultserver.Phase{{Name: "calm", To: 4e9}, {Name: "trouble", From: 4e9, To: 8e9}, {Name: "after", From: 8e9}}})
	if err != nil {
		t.Fatal(err)
	}
	api := New(Config{Server: srv, Feed: NewFeed(), Tally: tally.New(), Metrics: NewMetrics()})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/phase/trouble", nil)
	r.Host = "127.0.0.1:9901"
	api.ServeHTTP(w, r)
	var all []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil || len(all) != 3 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	for _, p := range all {
		_, from := p["from_s"]
		_, to := p["to_s"]
		if begun := p["name"] == "trouble"; from != begun || to || p["now"] != begun {
			t.Errorf("%v", p)
		}
	}
}
