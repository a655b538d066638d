package main

import (
	"os/exec"
	"strconv"
)

// ownGroup does nothing: the console's Ctrl-C reaches the program too, which is how it can end in order.
func ownGroup(*exec.Cmd) {}

// interruptGroup leaves a program to the console's Ctrl-C, which it has had as well; WaitDelay ends it if it does not end.
func interruptGroup(*exec.Cmd) error { return nil }

// killGroup ends a program and its children while it runs; of one that has ended nothing is found any more.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	}
}
