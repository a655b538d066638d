package connector

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An outage that outlasts all attempts costs no part that was brought, where a journal remembers the upload: another process goes on with it. Without one,
// and where there is nothing to go on with, nothing is left behind.
func TestKeptAfterAnOutage(t *testing.T) {
	for name, test := range map[string]struct {
		parts   int // that are brought before the outage
		answer  func() (*http.Response, error)
		timed   bool // the file has a time
		journal bool
		kept    bool
	}{
		"parts":            {parts: 4, timed: true, journal: true, kept: true},
		"a long hint":      {parts: 4, timed: true, journal: true, kept: true, answer: func() (*http.Response, error) { return says(503, "", "Retry-After", "7200") }},
		"no connection":    {parts: 4, timed: true, journal: true, kept: true, answer: func() (*http.Response, error) { return nil, http.ErrServerClosed }},
		"no part":          {timed: true, journal: true},
		"no journal":       {parts: 4, timed: true},
		"no time":          {parts: 4, journal: true},
		"for good":         {parts: 4, timed: true, journal: true, answer: func() (*http.Response, error) { return says(405, "") }},
		"the upload's end": {parts: 4, timed: true, journal: true, answer: func() (*http.Response, error) { return says(404, "") }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				out := true
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					switch {
					case op != "put" || !out || f.brought() < test.parts:
						return nil, nil
					case test.answer != nil:
						return test.answer()
					}
					return says(503, "")
				}
				j := new(MemoryJournal)
				change := func(c *Config) {
					if c.InFlight = 1; test.journal {
						c.Journal = j
					}
				}
				plain := some(6)
				s := source("a", plain)
				if test.timed {
					s.Modified = modified
				}
				results, err := f.connector(t, Fixed(), change).UploadAll(t.Context(), []Source{s})
				if err != nil || results[0].Err == nil || results[0].Kept != test.kept {
					t.Fatalf("%+v, %v", results, err)
				}
				text := results[0].Err.Error()
				if says := strings.Contains(text, "4 of its 6 parts are kept"); says != test.kept {
					t.Errorf("it says %q", text)
				}
				half, _ := j.Load(fakeBox, "a")
				if !test.kept {
					if half != nil || f.states()["init"] > 0 {
						t.Errorf("the journal has %v, uploads %v", half, f.states())
					}
					return
				}
				if half == nil || half.FileID != results[0].FileID || f.states()["init"] != 1 {
					t.Fatalf("the journal has %v, uploads %v", half, f.states())
				}
				out = false
				f.calls = nil
				time.Sleep(time.Hour)
				up, err := f.connector(t, Fixed(), change).Upload(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				f.check(t, up, plain)
				f.expect(t, map[string]int{"create": 0, "put": 2})
			})
		})
	}
}

// brought is how many parts S3 has.
func (f *fake) brought() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range f.uploads {
		n += len(u.parts)
	}
	return n
}
