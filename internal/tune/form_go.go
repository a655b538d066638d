package tune

import (
	"fmt"
	"go/format"
	"math"
	"strings"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// goForm is the stack that the contestant is, in Go: a function that makes it over a wire.
func (s *set) goForm() Form {
	f := Form{Name: "go", Title: "Go, package transport", Syntax: "go"}
	if text, ok := s.goConnector(); ok {
		f.Title, f.Text = "Go, package connector", goFormat(text)
		return f
	}
	body, ok := s.goBody()
	if !ok {
		f.Missing = []string{s.Contestant + " is not built by package transport: set its own options, by the names of the parameters above"}
		return f
	}
	f.Text = goFormat("func newTransport(next http.RoundTripper) (http.RoundTripper, error) {\n" + body + "}\n")
	f.Missing = s.workloadMissing("package transport sends what it is given: parts are cut, and kept in flight, by whoever calls it")
	return f
}

// goFormat is what gofmt makes of it.
func goFormat(text string) string {
	formatted, err := format.Source([]byte(text))
	if err != nil { // a test builds all of them
		return text
	}
	return string(formatted)
}

func (s *set) workloadMissing(why string) []string {
	var parts []string
	if s.PartSize > 0 {
		parts = append(parts, "part size "+units.Size(s.PartSize).String())
	}
	if s.Concurrency > 0 {
		parts = append(parts, fmt.Sprintf("%d parts in flight", s.Concurrency))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{strings.Join(parts, ", ") + ": " + why}
}

const goRule = `when := strategies.Transient()
when.AnyMethod = true // the requests of an upload do no harm when they are repeated
`

// goBody writes the statements; not ok: the contestant is no stack of ours.
func (s *set) goBody() (string, bool) {
	if _, ok := s.text("retry_status_codes"); ok {
		return "return " + s.goGHGAStack() + ", nil\n", true
	}
	if policy := s.goPolicy(); policy != "" {
		rule := ""
		if strings.Contains(policy, "when") {
			rule = goRule
		}
		return rule + "return transport.New(transport.Config{\nWire: next,\nPolicy: " + policy + ",\n})\n", true
	}
	backoff, more, refusal := s.goBackoff(), s.goMore(), ""
	if backoff == "" {
		return "", false
	}
	if strings.Contains(more, "Gates:") {
		refusal = "when.Errors = append(when.Errors, strategies.Refusal) // by a gate: an upload would fail for a single one\n"
	}
	var b strings.Builder
	attempts, _ := s.attempts()
	if attempts == 1 {
		fmt.Fprintf(&b, "return transport.New(transport.Config{\nWire: next,\nAttempts: 1,\n%s})\n", more)
		return b.String(), true
	}
	fmt.Fprintf(&b, "%s%sreturn transport.New(transport.Config{\nWire: next,\nAttempts: %d,\nBackoff: %s,\nWhen: &when,\n%s%s})\n",
		goRule, refusal, attempts, backoff, s.goHints(), more)
	return b.String(), true
}

// goHints is what becomes of a Retry-After: the classics obey any and add nothing.
func (s *set) goHints() string {
	if s.Contestant != "transport" {
		return "HintJitter: -1, // none on top of a Retry-After\nMaxHint: -1, // any Retry-After is obeyed\n"
	}
	none := func(name string) string {
		if v, _ := s.number(name); v == 0 {
			return "-1"
		}
		return s.goTime(name)
	}
	text := "HintJitter: " + none("hint_jitter") + ",\nMaxHint: " + none("max_hint") + ",\n"
	if long, _ := s.text("long_hint"); long == "cap" {
		text += "LongHint: strategies.CapLongHint,\n"
	}
	if v, _ := s.number("attempt_timeout"); v > 0 {
		text += "AttemptTimeout: " + s.goTime("attempt_timeout") + ",\n"
	}
	return text
}

// goTime writes a duration as people do: 250 * time.Millisecond.
func (s *set) goTime(name string) string {
	v, _ := s.number(name)
	d := time.Duration(math.Round(v * 1e9))
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}, {time.Microsecond, "time.Microsecond"}} {
		if d == u.unit {
			return u.name
		}
		if d != 0 && d%u.unit == 0 {
			return fmt.Sprintf("%d * %s", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%d", int64(d))
}

func (s *set) goNumber(name string) string {
	v, _ := s.number(name)
	return plain(v)
}

// goBackoff is the strategy between attempts; empty: the contestant has none of ours.
func (s *set) goBackoff() string {
	two := func(kind string) string {
		return fmt.Sprintf("strategies.%s{Base: %s, Cap: %s}", kind, s.goTime("base"), s.goTime("cap"))
	}
	var b string
	switch s.Contestant {
	case "exponential", "exponential-plain":
		b = two("Exponential")
	case "equal-jitter":
		b = "strategies.EqualJitter{Of: " + two("Exponential") + "}"
	case "decorrelated-aws":
		b = two("Decorrelated")
	case "decorrelated-finagle":
		b = two("FinagleDecorrelated")
	case "polly-v2":
		b = two("PollyV2")
	case "constant":
		b = fmt.Sprintf("strategies.Constant{Base: %s}", s.goTime("base"))
	case "linear":
		b = fmt.Sprintf("strategies.Linear{Base: %s, Step: %s, Cap: %s}", s.goTime("base"), s.goTime("step"), s.goTime("cap"))
	case "polynomial":
		b = fmt.Sprintf("strategies.Polynomial{Base: %s, Degree: %s, Cap: %s}", s.goTime("base"), s.goNumber("degree"), s.goTime("cap"))
	case "fibonacci-1123":
		b = two("Fibonacci")
	case "fibonacci-123":
		b = fmt.Sprintf("strategies.Fibonacci{Base: %s, SkipFirst: true, Cap: %s}", s.goTime("base"), s.goTime("cap"))
	default:
		if s.Contestant != "transport" && s.goMore() == "" {
			return ""
		}
		return "strategies.FullJitter{Of: " + two("Exponential") + "}"
	}
	switch kind, _ := s.text("jitter"); kind {
	case "full":
		b = "strategies.FullJitter{Of: " + b + "}"
	case "equal":
		b = "strategies.EqualJitter{Of: " + b + "}"
	}
	return b
}

// goMore is what a contestant has besides its retries: budget, gates, hedging or a timeout.
func (s *set) goMore() string {
	n, d := s.goNumber, s.goTime
	orMinus := func(name string) string {
		if v, _ := s.number(name); v == 0 {
			return "-1"
		}
		return n(name)
	}
	budget, gate := "", ""
	switch s.Contestant {
	case "budget-finagle":
		budget = fmt.Sprintf("FinagleBudget{Percent: %s, MinPerSecond: %s}", n("share"), orMinus("min_per_second"))
	case "budget-envoy":
		budget = fmt.Sprintf("InFlightBudget{Percent: %s, Min: %s}", n("share"), orMinus("min"))
	case "budget-grpc":
		budget = fmt.Sprintf("GRPCThrottling{Max: %s, Ratio: %s}", n("tokens"), n("share"))
	case "budget-aws":
		budget = "AWSQuota{}"
	case "budget-aws-2026":
		budget = "AWSQuota{New2026: true}"
	case "budget-brooker":
		budget = fmt.Sprintf("TokenBudget{Deposit: %s, Capacity: %s}", n("share"), n("tokens"))
	case "budget-sre":
		budget = fmt.Sprintf("RatioBudget{Ratio: %s}", n("share"))
	case "budget-bytes":
		reserve, _ := s.number("reserve")
		budget = fmt.Sprintf("ByteBudget{Ratio: %s, Reserve: %d << 20}", n("share"), int64(reserve)>>20)
	case "shared-pause":
		gate = fmt.Sprintf("SharedPause{Jitter: %s, Cap: %s}", d("pause_jitter"), d("pause_cap"))
	case "server-limits":
		gate = "ServerLimits{}"
	case "token-bucket":
		gate = fmt.Sprintf("TokenBucket{Rate: %s, Burst: %s}", n("rate"), n("burst"))
	case "aimd-rate":
		gate = fmt.Sprintf("AIMDRate{Start: %s, Gain: %s, Cut: %s, Burst: %s}", n("rate"), n("gain"), n("cut"), n("burst"))
	case "aws-cubic":
		gate = "AWSCubic{}"
	case "sre-throttle":
		gate = fmt.Sprintf("SREThrottle{K: %s, Window: %s, MinRequests: %s}", n("k"), d("window"), orMinus("min_requests"))
	case "limit-aimd":
		gate = fmt.Sprintf("AIMDLimit{Min: %s, Initial: %s}", n("min"), n("initial"))
	case "limit-vegas":
		gate = fmt.Sprintf("VegasLimit{Initial: %s}", n("initial"))
	case "limit-gradient2":
		gate = fmt.Sprintf("Gradient2Limit{Min: %s, Initial: %s}", n("min"), n("initial"))
	case "bulkhead":
		gate = fmt.Sprintf("Bulkhead{Max: %s}", n("max"))
	case "breaker-consecutive":
		gate = fmt.Sprintf("Breaker{Failures: %s, Open: %s, Wait: true}", n("failures"), d("open"))
	case "breaker-ratio":
		gate = fmt.Sprintf("Breaker{FailureRatio: %s, Open: %s, Wait: true}", n("ratio"), d("open"))
	case "breaker-slow":
		gate = fmt.Sprintf("Breaker{FailureRatio: 0.5, SlowRatio: %s, Slow: %s, Open: %s, Wait: true}", n("ratio"), d("slow"), d("open"))
	case "hedged":
		return fmt.Sprintf("Hedging: &transport.Hedging{After: %s, Share: %s},\n", d("after"), n("share"))
	case "attempt-timeout":
		return fmt.Sprintf("AttemptTimeout: %s,\n", d("timeout"))
	}
	switch {
	case budget != "":
		return "Budget: &strategies." + budget + ",\n"
	case gate != "":
		return "Gates: []strategies.Gate{&strategies." + gate + "},\n"
	}
	return ""
}

// goPolicy is a policy that decides alone; empty: the contestant has none.
func (s *set) goPolicy() string {
	n, d := s.goNumber, s.goTime
	flag := func(name string) bool { v, _ := s.text(name); return v == "true" }
	distant := func(kind, more string) string {
		return fmt.Sprintf("&strategies.Distant{Kind: strategies.%s, Base: %s, MaxRetries: %s, %sWhen: when}", kind, d("base"), n("max_retries"), more)
	}
	switch s.Contestant {
	case "immediate":
		return fmt.Sprintf("&strategies.Policy{Attempts: %s, Backoff: strategies.None{}, When: when, IgnoreHint: true}", n("attempts"))
	case "sahara", "nova":
		hint := ""
		if s.Contestant == "nova" {
			hint = ", HintOf: strategies.NovaHint()"
		}
		return fmt.Sprintf("&strategies.Sahara{RetriesNumber: %s, RetryAfter: %s, NoFinalSleep: %v, IdempotentOnly: %v, FullJitter: %v%s}",
			n("retries_number"), d("retry_after"), !flag("final_sleep"), flag("idempotent_only"), flag("full_jitter"), hint)
	case "swift":
		return fmt.Sprintf("&strategies.Swift{Retries: %s, StartingBackoff: %s, MaxBackoff: %s, RetryOnRatelimit: %v}",
			n("retries"), d("starting_backoff"), d("max_backoff"), flag("retry_on_ratelimit"))
	case "neutron":
		return fmt.Sprintf("&strategies.Neutron{Retries: %s, Interval: %s}", n("retries"), d("retry_interval"))
	case "distant-exponential":
		return distant("DistantExponential", fmt.Sprintf("MaxDuration: %s, Factor: %s, ", d("max_duration"), n("factor")))
	case "distant-fibonacci":
		return distant("DistantFibonacci", fmt.Sprintf("MaxDuration: %s, ", d("max_duration")))
	case "distant-fixed":
		return distant("DistantFixed", "")
	}
	return ""
}
