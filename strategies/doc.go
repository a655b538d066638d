// Package strategies decides: whether a failed attempt is worth another one, how long to wait before it, whether an
// attempt may start now. It does no I/O, never sleeps, starts no goroutine and knows no HTTP client; package transport
// carries its decisions out.
//
// What holds everywhere:
//
//   - A decision depends on its arguments and on the random source of the call, never on a global source or a clock:
//     time comes in as an argument. So every decision can be tested against a table, and a seed repeats it.
//   - A wait is never negative and never overflows. Too long saturates; it does not wrap into an immediate retry.
//   - A [Retrier] belongs to one call and needs no locks. A [Gate] and a [Budget] are shared by all calls and safe for
//     concurrent use.
//   - A zero value means what its comment says, most often the defaults of the source that is named there.
//
// What there is. Names that the field uses for several things are told apart:
//
//   - [Backoff], how long to wait: [None], [Constant], [Linear], [Polynomial], [Fibonacci] (in both forms), [Exponential]; around any of
//     them [FullJitter] and [EqualJitter] (AWS) or [ScaledJitter] (gRPC, azcore, cenkalti); [Decorrelated] (AWS), [FinagleDecorrelated]
//     and [PollyV2], which go by the name of decorrelated jitter and are three different things.
//   - [Rule], what to retry: by status, S3 code, kind of error, method and idempotence.
//   - [Policy], attempts, backoff, rule and hint together. [Sahara], [Swift], [Neutron] and [Distant] repeat what those systems do.
//     Note what a number of retries means: 3 are three calls for [Policy] and [Distant], and four for the OpenStack clients.
//   - [Budget], how many retries all calls may make together: of calls in a window [FinagleBudget] and [RatioBudget] (SRE book), of what is
//     in flight [InFlightBudget] (Envoy), by what became of calls [GRPCThrottling], [AWSQuota] (legacy and 2026) and [TokenBudget]
//     (Brooker), and by bytes [ByteBudget].
//   - [Gate], whether an attempt may start: after a hint [SharedPause]; by rate [TokenBucket], [AIMDRate], [AWSCubic]; by what the server
//     says of its limits [ServerLimits]; by rejections [SREThrottle]; by attempts in flight [Bulkhead], [AIMDLimit],
//     [VegasLimit], [Gradient2Limit]; by failures [Breaker].
//   - [Hint], what a server says about coming back, read by [ReadHint].
package strategies
