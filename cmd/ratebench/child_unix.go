//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup gives a program a process group of its own, so that the terminal's interrupt reaches it once, through us.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// interruptGroup asks a program, and all that it has started, to end in order.
func interruptGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }

// killGroup ends what is left of a program's group; an error means that nobody is.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
