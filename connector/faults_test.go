package connector

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
)

// Whatever goes wrong with whichever call, once or always: either the file is there and right, or there is an error and nothing is left
// behind. Where a deletion always fails, something is, and the error says so.
func TestFaultsEverywhere(t *testing.T) {
	type fault struct {
		name   string
		answer func() (*http.Response, error)
		after  bool // when the service has done its part
		// transient is what passes by itself; the Connector mends that where its stack cannot.
		transient bool
	}
	faults := []fault{
		{"broken before", func() (*http.Response, error) { return nil, errors.New("the connection broke") }, false, true},
		{"broken after", func() (*http.Response, error) { return nil, errors.New("the connection broke") }, true, true},
		{"nonsense", func() (*http.Response, error) { return says(200, "<html>") }, false, false},
	}
	for _, status := range []int{400, 401, 403, 404, 409, 429, 500, 503, 507} {
		transient := status == 429 || status == 500 || status == 503
		faults = append(faults, fault{
			fmt.Sprint(status), func() (*http.Response, error) { return says(status, exception("someError")) }, false, transient,
		})
		if status == 500 || status == 503 {
			faults = append(faults, fault{fmt.Sprint(status, " after"), func() (*http.Response, error) { return says(status, "") }, true, true})
		}
	}
	mended := map[string]bool{"create": true, "url": true, "put": true, "complete": true}
	plain := some(2)
	if raceEnabled {
		plain, faults = some(1), faults[:len(faults)/2]
	}
	for _, op := range []string{"values", "health", "package", "token", "list", "create", "url", "put", "complete", "delete"} {
		for _, ft := range faults {
			for _, always := range []bool{false, true} {
				t.Run(fmt.Sprint(op, " ", ft.name, " ", always), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						f := newFake(t)
						strike := func(o string, n int, r *http.Request) (*http.Response, error) {
							if o != op || !always && n > 1 {
								if op == "delete" && o == "put" { // or there is nothing to delete
									return says(404, "")
								}
								return nil, nil
							}
							return ft.answer()
						}
						if ft.after {
							f.after = strike
						} else {
							f.before = strike
						}
						up, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", plain))
						if err == nil {
							f.check(t, up, plain)
						}
						if !always && mended[op] && ft.transient && err != nil {
							t.Errorf("a single fault ends it: %v", err)
						}
						if n := f.states()["init"]; n != 0 && (op != "delete" || !always) {
							t.Errorf("%d uploads are left behind; %v", n, err)
						}
					})
				})
			}
		}
	}
}
