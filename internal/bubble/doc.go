// Package bubble runs code in virtual time: inside a bubble of testing/synctest, in a program that is no test.
//
// Within a bubble package time is a fiction. Time stands still while any goroutine of the bubble can run, and jumps to the
// next timer as soon as all of them wait. Code needs no interface for clocks, and other people's libraries are
// not changed. What it asks of the code is in the documentation of testing/synctest: nothing within may wait for a real
// socket, a file watch or another process, nor share channels and timers with the outside.
//
// # The trick
//
// A bubble can only be entered through [synctest.Test], which wants a *testing.T, which only the test driver hands out.
// [Main] runs that driver in an ordinary program: testing.Main with a single test, which is the program's own function and
// ends in os.Exit, so that the driver never reports anything. The driver parses os.Args, so that is cut to the program's
// name first. All of it is exported, documented API; what it costs is one import of package testing, which adds a few
// flags to package flag's set and nothing else.
//
// A process runs any number of bubbles one after another, and several side by side. One that hangs cannot be ended from
// outside, which is why ratebench gives virtual trials to worker processes.
//
//	func main() {
//		bubble.Main(func(t *testing.T) int {
//			err := bubble.Run(t, bubble.Limits{}, func() { time.Sleep(24 * time.Hour) }) // returns at once
//			...
//		})
//	}
package bubble
