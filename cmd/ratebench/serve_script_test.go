package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// served is a `ratebench serve` that a script has started.
type served struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr bytes.Buffer
	read   strings.Builder
}

// servedKey finds it in a script.
type servedKey struct{}

// serveScript URL CONTROL ratebench-arguments... starts a server and puts its addresses into two variables. With --tls, certificate is that of its
// certificate's file.
func serveScript(ts *testscript.TestScript, _ bool, args []string) {
	s := &served{}
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "ratebench")); err == nil {
			s.cmd = exec.Command(filepath.Join(dir, "ratebench"), args[2:]...)
			break
		}
	}
	if s.cmd == nil {
		ts.Fatalf("ratebench is not in PATH")
	}
	s.cmd.Dir, s.cmd.Stderr = ts.MkAbs("."), &s.stderr
	s.cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	out, err := s.cmd.StdoutPipe()
	ts.Check(err)
	s.stdout = bufio.NewReader(out)
	ts.Check(s.cmd.Start())
	ts.Defer(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() }) // it may have ended
	want := 2
	if slices.Contains(args, "--tls") {
		want++
	}
	for found := 0; found < want; {
		line, err := s.stdout.ReadString('\n')
		s.read.WriteString(line)
		if err != nil {
			ts.Fatalf("serve ended: %v\n%s", err, s.stderr.String())
		}
		if f := strings.Fields(line); strings.HasPrefix(line, "Serving on") {
			ts.Setenv(args[0], f[2])
			found++
		} else if strings.HasPrefix(line, "Control") {
			ts.Setenv(args[1], f[1])
			found++
		} else if strings.HasPrefix(line, "Certificate") {
			ts.Setenv("certificate", f[1])
			found++
		}
	}
	*ts.Value(servedKey{}).(**served) = s
}

// interruptScript ends the server as Ctrl-C does. What it printed is stdout then.
func interruptScript(ts *testscript.TestScript, _ bool, _ []string) {
	s := *ts.Value(servedKey{}).(**served)
	ts.Check(s.cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(s.stdout)
	ts.Check(err)
	if err := s.cmd.Wait(); err != nil {
		ts.Fatalf("serve ended with %v\n%s", err, s.stderr.String())
	}
	fmt.Fprintf(ts.Stdout(), "%s%s", s.read.String(), rest)
}

// getScript URL asks for a page; its status and body are stdout then.
func getScript(ts *testscript.TestScript, _ bool, args []string) {
	req, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	req.Header.Set("User-Agent", "test-client")
	req.Header.Set("Cookie", "secret-cookie")
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", resp.StatusCode, body)
}
