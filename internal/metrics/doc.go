// Package metrics turns the records of one trial into numbers. It is the one place that defines them.
//
// All of it is pure: the runner calls Trial once, when a trial ends, and everybody else reads the rows.
//
// A call is one client's name of a call ([record.Attempt.Call]); its attempts are the rows that share both. An attempt
// succeeded if its status is 2xx. Attempts that began in the warm-up do not count, whatever came of them; a call counts if
// at least one of its attempts does. Times are seconds since the trial began, sizes bytes, MiB are 2^20 bytes.
//
//   - wall: the trial's wall time less the warm-up. Zero if the trial ended in the warm-up.
//   - goodput: bytes of verified objects ÷ wall. An object's bytes belong to the successful part uploads that brought
//     them, so those parts that began in the warm-up do not count. Objects that the end of the trial cut off
//     are neither failed nor verified: their parts count for nothing. The bytes of a single call are those of its body, or
//     those of the answer's if it is a download.
//   - throughput: body bytes of all attempts ÷ wall.
//   - amplification: attempts ÷ calls. retries: attempts − calls.
//   - failed call: its last attempt did not succeed. Calls of objects that were cut off do not fail, nor does the completion
//     of an object that is there all the same. That there is no such object is an answer to a HEAD, and no failure.
//   - calls_1 to calls_4_plus: calls that succeeded, by their number of attempts.
//   - throttled: attempts answered by 429, or 503 with an S3 throttling code. early: attempts marked early by the runner.
//   - wasted bytes: body bytes of attempts that did not succeed.
//   - p50, p95, p99: nearest-rank percentiles, over the part uploads that succeeded, of the time from the start of the
//     first attempt to the end of the successful one, waits included. Exact, not interpolated. Zero if there are none. Calls
//     whose first attempt fell into the warm-up are left out. The time of a single call runs from its planned start to the
//     end of its answer: what a client holds back, and what it begins late in an open loop, is in it.
//   - duplicates: how often a call that is not idempotent, and has no key, was carried out again. By the ledger.
//   - efficiency: goodput ÷ the oracle's goodput.
//   - recovery: see [Recovery].
package metrics
