package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// idle opens very many connections to `ratebench serve`, sends one request on each, and asks the system how much memory the
// process holds while they are idle.
func idle(ctx context.Context, s size) (_ []figure, err error) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		return nil, nil // the system does not tell
	}
	dir, binary, err := built(ctx)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.CommandContext(ctx, binary, "serve", "--backend", "echo", "--listen", "127.0.0.1:0", "--control", "none")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed, and says so
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	addr := strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(line, "Serving on")), "http://")
	if err != nil || addr == "" {
		return nil, fmt.Errorf("ratebench serve said %q: %w", line, err)
	}
	open := make([]net.Conn, s.connections)
	defer func() {
		for _, c := range open {
			if c != nil {
				c.Close()
			}
		}
	}()
	if err := inParallel(inFlight, len(open), func(i int) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		open[i] = c
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}); err != nil {
		return nil, err
	}
	rss, err := memoryMiB(cmd.Process.Pid, "VmRSS")
	return []figure{{
		name: fmt.Sprintf("memory with %d idle connections", len(open)), ours: fmt.Sprintf("%.0f MiB", rss),
		measured: rss, bar: 1024, atMost: true, unit: " MiB",
	}}, err
}

// memoryMiB is what a process holds in memory, VmRSS, or has held at most, VmHWM.
func memoryMiB(pid int, which string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, which+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("the system does not say how much memory process %d holds", pid)
}
