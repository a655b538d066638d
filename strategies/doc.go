// Package strategies decides: whether a failed attempt is worth another one, how long to wait before it, whether an
// attempt may start now. It does no I/O, never sleeps, starts no goroutine and knows no HTTP client; package transport
// carries its decisions out.
//
// What holds everywhere:
//
//   - A decision depends on its arguments and on the random source of the call, never on a global source or a clock:
//     time comes in as an argument. So every decision can be tested against a table, and a seed repeats it.
//   - A wait is never negative and never overflows. Too long saturates; it does not wrap into an immediate retry.
//   - A [Retrier] belongs to one call and needs no locks. A [Gate] is shared by all calls and must be safe for
//     concurrent use.
//
// A [Policy] puts a [Backoff] and a [Rule] together. Strategies of other kinds implement [Retrier] or [Gate] directly.
package strategies
