// Package metrics turns the records of one trial into numbers. It is the one place that computes them; docs/metrics.md defines each of
// them, with its unit, where it is unknown, and where it comes from.
//
// All of it is pure: the runner calls [Of] once, when a trial ends, and everybody else reads the rows. The order of attempts, objects and
// ledger does not matter. Trials whose records are too many to be kept are added up by [Aggregate] while they happen.
//
// A call is one client's name of a call ([record.Attempt.Call]); its attempts are the rows that share both. Times are
// seconds since the trial began, sizes bytes, MiB are 2^20 bytes.
package metrics
