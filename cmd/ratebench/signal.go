package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// errInterrupted is the cause of a context that a signal has cancelled.
var errInterrupted = errors.New("interrupted")

// interruptible returns a context that the first interrupt cancels, so that a run can end in order and keep what it
// has; the second one ends the process at once, after last. stop gives signals back to the system; call it when all is done.
func interruptible(ctx context.Context, stderr io.Writer, last ...func()) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, stopSignals...)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel(errInterrupted)
		case <-done:
			return
		}
		select {
		case <-signals:
			for _, f := range last {
				f()
			}
			fmt.Fprintln(stderr, "ratebench: stopped at once; what was under way is incomplete")
			os.Exit(exitInterrupted)
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}
