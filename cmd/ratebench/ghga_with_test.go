package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/ratebench/ratebench/connector"
)

// Parameters reach the behaviour, and the interval between calls too, whichever way it is given.
func TestGHGAParameters(t *testing.T) {
	for name, c := range map[string]struct {
		access accessFlags
		pace   paceFlags
		want   func(*connector.Behaviour)
	}{
		"default":  {access: accessFlags{Behaviour: "fixed"}, want: func(*connector.Behaviour) {}},
		"as-is":    {access: accessFlags{Behaviour: "as-is"}, want: func(b *connector.Behaviour) { *b = connector.AsIs() }},
		"interval": {access: accessFlags{Behaviour: "fixed"}, pace: paceFlags{CallInterval: time.Second}, want: func(b *connector.Behaviour) { b.CallInterval = time.Second }},
		"with": {
			access: accessFlags{Behaviour: "fixed", With: map[string]string{"part_attempts": "9", "call_interval": "2s", "attempts": "3"}},
			want:   func(b *connector.Behaviour) { b.PartAttempts, b.CallInterval = 9, 2*time.Second },
		},
		"both": {
			access: accessFlags{Behaviour: "fixed", With: map[string]string{"call_interval": "2s"}}, pace: paceFlags{CallInterval: time.Second},
			want: func(b *connector.Behaviour) { b.CallInterval = time.Second },
		},
		"stack": {
			access: accessFlags{Behaviour: "fixed", Stack: "ghga-connector", With: map[string]string{"num_retries": "7"}},
			want:   func(*connector.Behaviour) {},
		},
	} {
		_, got, err := c.access.stack(http.DefaultTransport, 5, 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.pace.set(&connector.Config{Behaviour: &got})
		want := connector.Fixed()
		c.want(&want)
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}
