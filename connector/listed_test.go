package connector

import (
	"net/http"
	"testing"
)

// A service that is not well for a moment, or a list that fails, does not end Fixed before it begins.
func TestListedAgain(t *testing.T) {
	for _, failing := range []string{"values", "health", "package", "token", "list"} {
		each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
			f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
				if op == failing && n == 1 {
					return says(503, "")
				}
				return nil, nil
			}
			c := f.connector(t, b, nil)
			_, err := c.Upload(t.Context(), source("a", some(1)))
			if (err == nil) != fixed {
				t.Errorf("%s: got %v", failing, err)
			}
			if _, err := c.UploadAll(t.Context(), []Source{source("b", some(1))}); err != nil { // the first failure is over
				t.Errorf("%s: got %v", failing, err)
			}
		})
	}
}
