package connector

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
)

// A completion that is carried out although its answer says no.
func TestCompletionRace(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.FilePasses = 0
		plain := some(1)
		f.after = first("complete", 500, exception("internalError"))
		up, err := f.connector(t, b, nil).Upload(t.Context(), source("a", plain))
		if fixed {
			if err != nil {
				t.Fatal(err)
			}
			f.check(t, up, plain)
			f.expect(t, map[string]int{"complete": 2, "delete": 0})
			return
		}
		if !isStatus(err, ucs, 500) { // its stack would ask again, and this has none
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"complete": 1, "delete": 1})
	})
}

// A completion that stays without an answer is looked up in the end.
func TestCompletionLookedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		plain := some(1)
		f.after = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "complete" {
				return nil, errors.New("the answer is lost")
			}
			return nil, nil
		}
		up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, up, plain)
	})
}
