package blackbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ratebench/ratebench/internal/runner"
)

// grace is how long the output of a program that has ended is waited for, when something that left its group holds it.
const grace = 2 * time.Second

// run runs a command through the shell until it ends or ctx does, and leaves nothing of its process group; a process that has
// begun a session of its own (setsid) is in another group and survives. The error is an
// *exec.ExitError where the command failed by itself, and a *killedError where ctx ended it.
func run(ctx context.Context, command string, env []string, out io.Writer) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	cmd := shell(command)
	cmd.Env = env
	own(cmd)
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("running the command: %w", err)
	}
	defer r.Close()
	// Not a writer of ours: Wait would then wait for everybody who has inherited it.
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	_ = w.Close() // the command has its own
	if err != nil {
		return fmt.Errorf("running the command: %w", err)
	}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(out, r) // up to the deadline
	}()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		kill(cmd)
	})
	err = cmd.Wait()
	if !stop() {
		<-killed
		err = &killedError{context.Cause(ctx)}
	}
	kill(cmd) // what it has left in its group
	_ = r.SetReadDeadline(time.Now().Add(grace))
	<-copied
	return err
}

// killedError says that a command did not end by itself.
type killedError struct{ cause error }

func (e *killedError) Error() string {
	if e.cause == runner.ErrTimeout {
		return "killed when the trial had taken too long"
	}
	return "killed: " + e.cause.Error()
}

func (e *killedError) Unwrap() error { return e.cause }
