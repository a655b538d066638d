package connector

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// What no repetition mends ends a file at once.
func TestHopeless(t *testing.T) {
	for name, test := range map[string]struct {
		says   string
		change func(f *fake, c *Config)
		want   map[string]int
	}{
		"tokens sealed for another key": {"sealed for another one", func(f *fake, c *Config) {
			c.Access.Key = newKeyPair(f.t)
		}, map[string]int{"token": 1, "list": 0}},
		"tokens meant for another key": {"meant for another", func(f *fake, c *Config) {
			other := newKeyPair(f.t)
			f.named = other.Public[:]
		}, map[string]int{"token": 1, "list": 0}},
		"no box": {"names no box", func(f *fake, c *Config) {
			f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
				if op == "package" {
					return says(200, `{"type":"download","files":{}}`)
				}
				return nil, nil
			}
		}, map[string]int{"package": 1, "token": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
				begun := time.Now()
				_, err := f.connector(t, b, func(c *Config) { test.change(f, c) }).Upload(t.Context(), source("a", some(1)))
				if err == nil || !strings.Contains(err.Error(), test.says) || time.Since(begun) > time.Second {
					t.Errorf("after %v: %v", time.Since(begun), err)
				}
				f.expect(t, test.want)
			})
		})
	}
}
