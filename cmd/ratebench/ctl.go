package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/internal/tally"
)

type ctlCmd struct {
	Do   string `arg:"" enum:"rules,add,replace,remove,set,phases,phase,reset,ledger,summary,metrics" help:"rules, add FILE, replace FILE, remove NAME, set FILE, phases, phase NAME, reset, ledger, summary or metrics."`
	What string `arg:"" optional:"" help:"File (- for standard input) or name."`

	Control string `placeholder:"URL" default:"http://127.0.0.1:9901" help:"The control API. Default: http://127.0.0.1:9901."`
	Token   string `placeholder:"TOKEN" help:"Its token; better in RATEBENCH_CONTROL_TOKEN."`
	Follow  bool   `short:"f" help:"With ledger: go on with the rows to come."`
	JSON    bool   `name:"json" help:"Print the answer as it is."`
}

func (ctlCmd) Help() string {
	return `Changes a fault server that "ratebench serve" runs. A rule in a file is written as in a scenario's list of faults:

    name: quota
    match: {op: upload_part}
    throttle: {rate: 20/s, burst: 8}

Examples:

    ratebench ctl rules
    ratebench ctl add rule.yaml
    ratebench ctl remove quota
    ratebench ctl set scenarios/storm.yaml     # all rules, phases and the seed at once
    ratebench ctl phase trouble
    ratebench ctl ledger -f`
}

// request is what each word asks for. what says which argument it takes.
type request struct{ method, path, what string }

var requests = map[string]request{
	"rules": {"GET", "/rules", ""}, "add": {"POST", "/rules", "file"}, "replace": {"PUT", "/rules/", "file"},
	"remove": {"DELETE", "/rules/", "name"}, "set": {"PUT", "/scenario", "file"}, "phases": {"GET", "/phases", ""},
	"phase": {"POST", "/phase/", "name"}, "reset": {"POST", "/reset", ""}, "ledger": {"GET", "/ledger", ""},
	"summary": {"GET", "/summary", ""}, "metrics": {"GET", "/metrics", ""},
}

// Run asks the control API and prints what it answers.
func (c ctlCmd) Run(ctx context.Context, io *streams) error {
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	q := requests[c.Do]
	var src []byte
	path := q.path
	switch {
	case q.what == "" && c.What != "":
		return usagef("%s takes no argument, and %q was given", c.Do, c.What)
	case q.what != "" && c.What == "":
		return usagef("%s needs a %s", c.Do, q.what)
	case q.what == "file":
		var err error
		if src, err = c.read(io.in); err != nil {
			return err
		}
		if c.Do == "replace" {
			name, err := nameOf(src)
			if err != nil {
				return err
			}
			path += url.PathEscape(name)
		}
	case q.what == "name":
		path += url.PathEscape(c.What)
	}
	if c.Follow {
		if c.Do != "ledger" {
			return usagef("--follow goes with ledger only")
		}
		path += "?follow=1"
	}
	resp, err := c.send(ctx, q.method, path, src)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return c.print(ctx, io.out, resp)
}

func (c ctlCmd) read(stdin io.Reader) ([]byte, error) {
	if c.What == "-" {
		return io.ReadAll(io.LimitReader(stdin, maxStdin))
	}
	src, err := os.ReadFile(c.What)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return src, nil
}

// nameOf finds a rule's name in a file.
func nameOf(src []byte) (string, error) {
	for line := range strings.SplitSeq(string(src), "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "name:"); ok {
			return strings.Trim(strings.TrimSpace(name), `"'`), nil
		}
	}
	return "", usagef("the file has no line with name: that says which rule to replace")
}

func (c ctlCmd) send(ctx context.Context, method, path string, src []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Control, "/")+path, bytes.NewReader(src))
	if err != nil {
		return nil, usagef("--control is no URL: write one such as http://127.0.0.1:9901")
	}
	token := c.Token
	if token == "" {
		token = os.Getenv("RATEBENCH_CONTROL_TOKEN")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: 30 * time.Second}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the control API: %w; is ratebench serve running there?", err)
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	var problem struct{ Error string }
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxStdin)) // what came of it is the message
	if json.Unmarshal(text, &problem) != nil || problem.Error == "" {
		problem.Error = resp.Status
	}
	err = errors.New(problem.Error)
	if resp.StatusCode == http.StatusBadRequest {
		return nil, withExit(exitUsage, err)
	}
	return nil, err
}

func (c ctlCmd) print(ctx context.Context, out io.Writer, resp *http.Response) error {
	kind := c.Do
	if c.JSON || kind == "ledger" || kind == "metrics" || kind == "phases" || kind == "phase" {
		_, err := io.Copy(out, resp.Body)
		if ctx.Err() != nil {
			return nil // the end of following
		}
		return err
	}
	if kind == "summary" {
		var lines []tally.Line
		if err := json.NewDecoder(resp.Body).Decode(&lines); err != nil {
			return fmt.Errorf("the control API's answer cannot be read: %w", err)
		}
		return summary(out, lines)
	}
	var rules []faultserver.Counts
	if err := json.NewDecoder(resp.Body).Decode(&rules); err != nil {
		return fmt.Errorf("the control API's answer cannot be read: %w", err)
	}
	if len(rules) == 0 {
		_, err := fmt.Fprintln(out, "No rules.")
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tKIND\tMATCHED\tACTED\tSHADOW")
	for _, r := range rules {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", r.Name, r.Kind, r.Matched, r.Acted, r.Shadow)
	}
	return t.Flush()
}
