package tune

import (
	"fmt"
	"strings"

	"github.com/ratebench/ratebench/internal/contestants"
)

// connectorFields are the fields of connector.Behaviour that the parameters of a Connector stand for.
var connectorFields = []struct{ parameter, field string }{
	{"part_attempts", "PartAttempts"}, {"part_pause", "PartPause"}, {"wait_for_others", "WaitForOthers"}, {"check_etag", "CheckETag"},
	{"resume", "Resume"}, {"file_passes", "FilePasses"}, {"file_pause", "FilePause"}, {"careful_create", "CarefulCreate"},
	{"create_rounds", "CreateRounds"}, {"create_pause", "CreatePause"}, {"create_jitter", "CreateJitter"}, {"renew_on_401", "RenewOn401"}, {"keep_package", "KeepPackage"},
	{"token_life", "TokenLife"}, {"url_life", "URLLife"}, {"call_interval", "CallInterval"}, {"max_wait_time", "MaxStaging"},
}

// goConnector writes the function that makes a Connector, its stack included; not ok: the contestant is no Connector.
func (s *set) goConnector() (text string, ok bool) {
	var before, stack string
	if s.row.Kind != contestants.KindConnector {
		return "", false
	}
	usual := "Fixed"
	if _, shipped := s.text("retry_status_codes"); shipped {
		usual, stack = "AsIs", s.goGHGAStack()
	} else {
		before, stack = s.goFixedStack()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "func newConnector(access connector.Access, next http.RoundTripper) (*connector.Connector, error) {\nbehaviour := connector.%s()\n", usual)
	for _, f := range connectorFields {
		if value, differs := s.goChanged(f.parameter); differs {
			fmt.Fprintf(&b, "behaviour.%s = %s\n", f.field, value)
		}
	}
	b.WriteString(before)
	fmt.Fprintf(&b, "stack := %s\nreturn connector.New(connector.Config{\nAccess: access,\nStack: stack,\nWire: next,\nBehaviour: &behaviour,\n", stack)
	if s.PartSize > 0 {
		fmt.Fprintf(&b, "PartSize: %s,\n", goSize(s.PartSize))
	}
	if s.Concurrency > 0 {
		fmt.Fprintf(&b, "InFlight: %d,\n", s.Concurrency)
	}
	b.WriteString("})\n}\n")
	return b.String(), true
}

// goChanged is a parameter's value in Go, and whether it is another one than the contestant has by itself.
func (s *set) goChanged(name string) (value string, differs bool) {
	for _, p := range s.row.Params {
		if p.Name != name {
			continue
		}
		text, _ := s.text(name)
		switch p.Type {
		case contestants.TypeBool:
			return text, text != p.Default
		case contestants.TypeDuration:
			value = s.goTime(name)
		default:
			value = s.goNumber(name)
		}
		now, _ := p.Number(text)
		usual, _ := p.Number(p.Default)
		return value, now != usual
	}
	return "", false
}

// goFixedStack is the stack of the mended Connector: statements, and the expression that goes by them. It repeats what is idempotent, and of
// the rest what the Connector vouches for.
func (s *set) goFixedStack() (before, stack string) {
	before = fmt.Sprintf(`policy := strategies.Policy{
Attempts: %s,
Backoff: strategies.FullJitter{Of: strategies.Exponential{Base: %s, Cap: %s}},
When: strategies.Transient(),
HintJitter: %s,
}
creation := policy // of an upload: where it is refused with 429, the Connector itself waits for a place
creation.When = strategies.Transient()
creation.When.Statuses = slices.DeleteFunc(creation.When.Statuses, func(status int) bool { return status == http.StatusTooManyRequests })
`, s.goNumber("attempts"), s.goTime("base"), s.goTime("cap"), s.goTime("hint_jitter"))
	return before, fmt.Sprintf(`transport.Stack(next,
transport.Retry(func(c *strategies.Call) strategies.Retrier {
if c.Idempotent {
return policy.For(c)
}
return creation.For(c)
}),
transport.Gated(&strategies.SharedPause{Jitter: %s}),
%s)`, s.goTime("hint_jitter"), s.goIdle())
}

// goIdle is the layer that ends an attempt in which nothing moves; empty: the contestant has none.
func (s *set) goIdle() string {
	if v, _ := s.number("timeout"); v <= 0 {
		return ""
	}
	return "transport.IdleTimeout(" + s.goTime("timeout") + "),\n"
}

// goSize writes bytes as people do: 8 << 20.
func goSize(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d << 20", n>>20)
	}
	return fmt.Sprint(n)
}
