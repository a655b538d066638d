package blackbox

import (
	"os/exec"
	"strconv"
	"syscall"
)

// shell hands the command over as it is: cmd has rules of its own for quotes.
func shell(command string) *exec.Cmd {
	cmd := exec.Command("cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: "cmd /C " + command}
	return cmd
}

// own keeps Ctrl-C from reaching a command: it is killed by us.
func own(cmd *exec.Cmd) { cmd.SysProcAttr.CreationFlags = syscall.CREATE_NEW_PROCESS_GROUP }

// kill ends a command and its children while it runs; of one that has ended nothing is found any more.
func kill(cmd *exec.Cmd) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	_ = cmd.Process.Kill()
}
