package tune

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/contestants"
)

// The Go form of a Connector has all that was tuned, and says of nothing that it cannot express it.
func TestGoConnector(t *testing.T) {
	for _, tt := range []struct {
		Setting
		want string
	}{
		{
			Setting{Contestant: "connector-as-is", PartSize: 16 << 20, Concurrency: 4, With: map[string]string{"part_attempts": "5", "part_pause": "1s", "resume": "true"}},
			`func newConnector(access connector.Access, next http.RoundTripper) (*connector.Connector, error) {
	behaviour := connector.AsIs()
	behaviour.PartAttempts = 5
	behaviour.PartPause = time.Second
	behaviour.Resume = true
	stack := transport.Stack(next,
		transport.GHGARetry(transport.GHGARetryConfig{
			NumRetries:            3, // attempts in all
			ExponentialBackoffMax: time.Minute,
			RetryStatusCodes:      []int{408, 429, 500, 502, 503, 504},
		}),
		transport.GHGARateLimit(transport.GHGARateLimitConfig{
			PerRequestJitter:                   0,
			RetryAfterApplicableForNumRequests: 1,
		}),
		transport.Gated(&strategies.Bulkhead{Max: 5}, transport.UntilRead()),
		transport.IdleTimeout(time.Minute),
	)
	return connector.New(connector.Config{
		Access:    access,
		Stack:     stack,
		Wire:      next,
		Behaviour: &behaviour,
		PartSize:  16 << 20,
		InFlight:  4,
	})
}
`,
		},
		{
			Setting{Contestant: "connector-fixed", PartSize: 5<<20 + 1, With: map[string]string{"attempts": "8", "timeout": "0s", "part_attempts": "12"}},
			`func newConnector(access connector.Access, next http.RoundTripper) (*connector.Connector, error) {
	behaviour := connector.Fixed()
	policy := strategies.Policy{
		Attempts:   8,
		Backoff:    strategies.FullJitter{Of: strategies.Exponential{Base: 200 * time.Millisecond, Cap: 20 * time.Second}},
		When:       strategies.Transient(),
		HintJitter: 500 * time.Millisecond,
	}
	creation := policy // of an upload: where it is refused with 429, the Connector itself waits for a place
	creation.When = strategies.Transient()
	creation.When.Statuses = slices.DeleteFunc(creation.When.Statuses, func(status int) bool { return status == http.StatusTooManyRequests })
	stack := transport.Stack(next,
		transport.Retry(func(c *strategies.Call) strategies.Retrier {
			if c.Idempotent {
				return policy.For(c)
			}
			return creation.For(c)
		}),
		transport.Gated(&strategies.SharedPause{Jitter: 500 * time.Millisecond}),
	)
	return connector.New(connector.Config{
		Access:    access,
		Stack:     stack,
		Wire:      next,
		Behaviour: &behaviour,
		PartSize:  5242881,
	})
}
`,
		},
	} {
		v, err := newSet(tt.Setting)
		if err != nil {
			t.Fatal(err)
		}
		if f := v.goForm(); f.Text != tt.want || f.Title != "Go, package connector" || len(f.Missing) > 0 {
			t.Errorf("%s: %q is missing\n%s\nwant\n%s", f.Title, f.Missing, f.Text, tt.want)
		}
	}
}

// Each parameter above the stack stands for the field that the contestant puts it into, and all of them have one.
func TestGoConnectorFields(t *testing.T) {
	behaviourOf := func(name string, with map[string]string) reflect.Value {
		c, err := contestants.New(name, "", with)
		if err != nil {
			t.Fatal(err)
		}
		return reflect.ValueOf(c.(interface{ Behaviour() connector.Behaviour }).Behaviour())
	}
	fields := reflect.VisibleFields(reflect.TypeFor[connector.Behaviour]())
	exported := 0
	for _, f := range fields {
		if f.IsExported() {
			exported++
		}
	}
	if len(connectorFields) != exported {
		t.Errorf("%d parameters have a field, of %d fields", len(connectorFields), exported)
	}
	for _, name := range []string{"connector-as-is", "connector-fixed"} {
		usual := behaviourOf(name, nil)
		row, _ := contestants.Find(name)
		for _, f := range connectorFields {
			with := map[string]string{f.parameter: "77"}
			for _, p := range row.Params {
				switch {
				case p.Name != f.parameter:
				case p.Type == contestants.TypeDuration:
					with[f.parameter] = "77ms"
				case p.Type == contestants.TypeBool:
					with[f.parameter] = map[string]string{"true": "false", "false": "true"}[p.Default]
				}
			}
			set := behaviourOf(name, with)
			for _, other := range fields {
				if !other.IsExported() {
					continue
				}
				if same := set.FieldByIndex(other.Index).Equal(usual.FieldByIndex(other.Index)); same == (other.Name == f.field) {
					t.Errorf("%s: with %v, %s is the same: %v", name, with, other.Name, same)
				}
			}
			v, _ := newSet(Setting{Contestant: name, With: with})
			if text := v.goForm().Text; strings.Count(text, "behaviour.") != 1 || !strings.Contains(text, "behaviour."+f.field+" = ") {
				t.Errorf("%s: %v is not in\n%s", name, with, text)
			}
		}
	}
}
