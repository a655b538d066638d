package tune

import (
	"fmt"
	"strings"
)

// goGHGAStack is the stack of GHGA's transports, as an expression.
func (s *set) goGHGAStack() string {
	var b strings.Builder
	fmt.Fprintf(&b, "transport.Stack(next,\ntransport.GHGARetry(transport.GHGARetryConfig{\nNumRetries: %s, // attempts in all\nExponentialBackoffMax: %s,\nRetryStatusCodes: []int{%s},\n}),\n",
		s.goNumber("num_retries"), s.goTime("exponential_backoff_max"), s.value("retry_status_codes"))
	if s.Contestant == "ghga-epic" {
		fmt.Fprintf(&b, "transport.GHGAEpic(transport.GHGAEpicConfig{Connections: %s, Jitter: %s, ForgetAfter: %s}),\n",
			s.goNumber("connections"), s.goTime("jitter"), s.goNumber("forget_after"))
	} else {
		fmt.Fprintf(&b, "transport.GHGARateLimit(transport.GHGARateLimitConfig{\nPerRequestJitter: %s,\nRetryAfterApplicableForNumRequests: %s,\n}),\n",
			s.goTime("per_request_jitter"), s.goNumber("retry_after_applicable_for_num_requests"))
	}
	if _, ok := s.text("max_connections"); ok {
		fmt.Fprintf(&b, "transport.Gated(&strategies.Bulkhead{Max: %s}, transport.UntilRead()),\n", s.goNumber("max_connections"))
	}
	b.WriteString(s.goIdle() + ")")
	return b.String()
}
