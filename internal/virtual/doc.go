// Package virtual runs trials in virtual time, in worker processes: the same program, started again.
//
// A trial that hangs in a bubble cannot be ended from within, so each worker is a process that can be killed while the
// others go on. A worker runs one trial after another, each in a bubble of its own ([bubble.Run]); nothing leaks from one to
// the next, since a worker in which anything went wrong is not used again.
//
// The two sides talk JSON over the worker's standard input and output: one [Job], then a [runner.Trial] for each
// [runner.Outcome].
package virtual
