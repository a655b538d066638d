//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// inSession makes the terminal that a program is started on the one that it asks and that interrupts it.
func inSession(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} }
