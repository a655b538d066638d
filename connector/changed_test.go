package connector

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// changing is a file that somebody writes to.
type changing struct{ text atomic.Pointer[[]byte] }

func (c *changing) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(*c.text.Load()).ReadAt(p, at)
}

// A file that changes between two passes, in a part that S3 has already or in the segment that it shares with the next one, is not a success.
func TestChangedBetweenPasses(t *testing.T) {
	for name, at := range map[string]int{
		"first byte": 0, "shared segment": 4*plainSegment - 200, "last part that S3 has": 9 * plainSegment,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				plain := some(4)
				file := new(changing)
				file.text.Store(&plain)
				s := source("a", plain)
				s.Content = file
				failed := 0
				f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
					if op != "put" || r.URL.Query().Get("partNumber") != "4" || failed == 1 {
						return nil, nil
					}
					if failed++; failed == 1 {
						other := bytes.Clone(plain)
						other[at] ^= 1
						file.text.Store(&other)
					}
					return says(503, "")
				}
				b := Fixed()
				b.PartAttempts = 1 // so that it is a pass that tries again
				_, err := f.connector(t, b, func(c *Config) { c.InFlight = 1 }).Upload(t.Context(), s)
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

// A file that changes in parts that S3 has already is found out by who knows it, before the upload counts.
func TestChangedWhileSent(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		s := source("a", some(3))
		s.Unchanged = func() error {
			if f.count("put") != 3 || f.count("complete") != 0 {
				t.Errorf("asked after %v", f.counts())
			}
			return fmt.Errorf("%w: it is longer", ErrChanged)
		}
		if _, err := f.connector(t, b, nil).Upload(t.Context(), s); !errors.Is(err, ErrChanged) {
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"create": 1, "complete": 0, "delete": 1})
	})
}

// A file of another size than that in the box is another file, and is not left out as if it were there.
func TestOtherSize(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", some(2)))
		if err != nil {
			t.Fatal(err)
		}
		other := source("a", some(3))
		c := f.connector(t, b, nil)
		if _, err := c.Upload(t.Context(), other); !errors.Is(err, ErrOtherSize) {
			t.Errorf("got %v", err)
		}
		all, err := c.UploadAll(t.Context(), []Source{other, source("b", some(1))})
		if err != nil || !errors.Is(all[0].Err, ErrOtherSize) || all[0].Skipped != "" || all[1].Err != nil {
			t.Errorf("%+v, %v", all, err)
		}
		if err := c.Delete(t.Context(), up.FileID); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Upload(t.Context(), other); err != nil {
			t.Errorf("after the deletion: %v", err)
		}
	})
}
