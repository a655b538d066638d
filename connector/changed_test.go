package connector

import (
	"bytes"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
)

// changing is a file that somebody writes to.
type changing struct{ text []byte }

func (c *changing) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(c.text).ReadAt(p, at)
}

// A file that changes between two passes, in a part that S3 has already or in the segment that it shares with the next one, is not a success.
func TestChangedBetweenPasses(t *testing.T) {
	for name, at := range map[string]int{
		"first byte": 0, "shared segment": 4*plainSegment - 200, "last part that S3 has": 9 * plainSegment,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				file := &changing{some(4)}
				s := source("a", file.text)
				s.Content = file
				failed := 0
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					if op != "put" || r.URL.Query().Get("partNumber") != "4" || failed == Fixed().PartAttempts {
						return nil, nil
					}
					if failed++; failed == Fixed().PartAttempts {
						other := bytes.Clone(file.text)
						other[at] ^= 1
						file.text = other
					}
					return says(503, "")
				}
				_, err := f.connector(t, Fixed(), func(c *Config) { c.InFlight = 1 }).Upload(t.Context(), s)
				if !errors.Is(err, ErrChanged) {
					t.Errorf("got %v", err)
				}
				f.expect(t, map[string]int{"complete": 0, "put": 3 + failed})
				if n := f.states()["init"]; n != 0 {
					t.Errorf("%d uploads are left behind", n)
				}
			})
		})
	}
}
