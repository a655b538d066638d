package ghga

import (
	"net/http"
	"strings"
	"testing"
)

func TestPartCheck(t *testing.T) {
	right, large := strings.Repeat("x", minPartSize), strings.Repeat("x", minPartSize+1)
	for name, tt := range map[string]struct {
		off    bool
		parts  map[int]string
		ask    int
		status int
		state  string
	}{
		"as declared":               {parts: map[int]string{1: right}, ask: 2, status: 200, state: initial},
		"smaller":                   {parts: map[int]string{1: "x"}, ask: 2, status: 200, state: initial},
		"not there yet":             {ask: 2, status: 200, state: initial},
		"a later one is there":      {parts: map[int]string{3: large}, ask: 2, status: 200, state: initial},
		"nothing before the first":  {parts: map[int]string{1: large}, ask: 1, status: 200, state: initial},
		"only the one before":       {parts: map[int]string{1: large}, ask: 3, status: 200, state: initial},
		"larger":                    {parts: map[int]string{1: right, 2: large}, ask: 3, status: 400, state: cancelled},
		"larger, and nobody checks": {off: true, parts: map[int]string{1: large}, ask: 2, status: 200, state: initial},
	} {
		t.Run(name, func(t *testing.T) {
			r := deploy(t, func(c *PlatformConfig) { c.CheckPartSizes = true }).ruler()
			r.ucs.rules.checkParts = false // while the parts are brought
			file, id := r.begin(r.wp, "a", 4*minPartSize)
			for n, content := range tt.parts {
				r.bring(file, r.order(r.wp, forFile("upload", id)), n, content)
			}
			r.ucs.rules.checkParts = !tt.off
			if resp := r.part(id, tt.ask); resp.StatusCode != tt.status {
				t.Errorf("asking for part %d: %d", tt.ask, resp.StatusCode)
			}
			if s, _ := r.p.State(id); s.State != tt.state {
				t.Errorf("state %s", s.State)
			}
			open, err := r.p.Open(t.Context())
			if err != nil || len(open) == 0 != (tt.state == cancelled) {
				t.Errorf("%d uploads are open; %v", len(open), err)
			}
			if tt.state != cancelled {
				return
			}
			for what, want := range map[*http.Response]int{r.part(id, 3): 404, r.finish(id, finish()): 409, r.remove(id): 204} {
				if what.StatusCode != want {
					t.Errorf("afterwards: %d, want %d", what.StatusCode, want)
				}
			}
		})
	}
}

// An upload that S3 does not abort stays as it is, and is refused again.
func TestPartCheckCannotAbort(t *testing.T) {
	r := deploy(t, func(c *PlatformConfig) { c.CheckPartSizes = true }).ruler()
	file, id := r.begin(r.wp, "a", 4*minPartSize)
	r.bring(file, r.order(r.wp, forFile("upload", id)), 1, strings.Repeat("x", minPartSize+1))
	r.insteadOfS3 = func(q *http.Request) *http.Response {
		if q.Method != http.MethodDelete {
			return nil
		}
		return &http.Response{StatusCode: 400, Header: http.Header{}, Body: http.NoBody, Request: q}
	}
	resp := r.part(id, 2)
	if text := bodyOf(t, resp); resp.StatusCode != 500 || !strings.Contains(text, "uploadAbortError") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	if s, _ := r.p.State(id); s.State != initial {
		t.Errorf("state %s", s.State)
	}
	r.insteadOfS3 = nil
	if resp := r.part(id, 2); resp.StatusCode != 400 {
		t.Errorf("again: %d", resp.StatusCode)
	}
}
