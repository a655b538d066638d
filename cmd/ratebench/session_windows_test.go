package main

import "os/exec"

// inSession does nothing: terminals are for Unix.
func inSession(*exec.Cmd) {}
