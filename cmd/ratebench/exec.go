package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/internal/blackbox"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

// execFlags let programs of their own compete.
//
// Note: NAME=COMMAND in one flag would be shorter, but many commands begin with a variable that they set.
type execFlags struct {
	Exec   []string `sep:"none" placeholder:"COMMAND" help:"Let a command upload in place of the scenario's contestants: endpoint, keys and file are in its environment. Repeatable."`
	As     []string `sep:"none" placeholder:"NAME" help:"Name of the command in results; the first goes with the first --exec. Default: exec."`
	Beside bool     `help:"With --exec: let the scenario's contestants compete too."`
}

// execHelp explains the environment of commands.
func execHelp() string {
	var b strings.Builder
	b.WriteString(`A command of --exec is started by the shell for every object. It uploads the file RATEBENCH_FILE into the bucket
RATEBENCH_BUCKET under the file's own name, in any folder, and ends with 0 if it believes that the object is there. What it has started
is killed with it, but for processes in a session of their own (setsid). The run fails if the command cannot be started, or never
uploads anything. The variables of the AWS SDKs and of an rclone remote called ratebench are set as well:

    ratebench run flaky --exec 'rclone copy "$RATEBENCH_FILE" "ratebench:$RATEBENCH_BUCKET"' --as rclone
    ratebench run flaky --exec 'aws s3 cp "$RATEBENCH_FILE" "s3://$RATEBENCH_BUCKET/"' --as aws
    ratebench run storm --exec './upload.py' --beside

`)
	for _, v := range blackbox.Vars() {
		fmt.Fprintf(&b, "    %-22s %s\n", v.Name, v.Summary)
	}
	return strings.TrimRight(b.String(), "\n")
}

// names are those of the commands, in their order.
func (f execFlags) names() []string {
	var names []string
	for i := range f.Exec {
		name := "exec"
		if i > 0 {
			name = fmt.Sprintf("exec-%d", i+1)
		}
		if i < len(f.As) {
			name = f.As[i]
		}
		names = append(names, name)
	}
	return names
}

// loadWith reads the scenario with the commands among its contestants, or in their place.
func (f execFlags) loadWith(s scenarioFlags, stdin io.Reader) (*scenarios.Scenario, error) {
	switch {
	case len(f.Exec) == 0 && len(f.As) > 0:
		return nil, usagef("--as names a command of --exec, and there is none")
	case len(f.Exec) == 0 && f.Beside:
		return nil, usagef("--beside goes with --exec, and there is none")
	case len(f.Exec) < len(f.As):
		return nil, usagef("%d names are given with --as and %d commands with --exec", len(f.As), len(f.Exec))
	case slices.ContainsFunc(f.Exec, func(c string) bool { return strings.TrimSpace(c) == "" }):
		return nil, usagef("--exec is empty: write the command that uploads, as the shell takes it")
	}
	if len(f.Exec) == 0 {
		return s.load(stdin)
	}
	names := f.names()
	known := trials.KnownContestants()
	var list []string
	for _, name := range names {
		if !scenarios.ResultName(name) {
			return nil, usagef("--as %q is no name for results: write up to 64 letters, digits or any of _.+=@/-, the first a letter or digit", name)
		}
		if f.Beside && name != scenarios.OracleName {
			if _, taken := known[name]; taken {
				return nil, usagef("--as %s is the name of a contestant of ratebench: choose another", name)
			}
		}
		known[name] = nil
		list = append(list, "{name: \""+name+"\"}")
	}
	check := func(w scenarios.Workload, c scenarios.Contestant) error {
		if slices.Contains(names, c.Name) {
			return nil
		}
		return trials.CheckContestant(w, c)
	}
	set := s.overrides()
	if !f.Beside {
		set = append(set, "contestants=["+strings.Join(list, ", ")+"]")
	}
	loaded, err := loadScenarioWith(s.Scenario, stdin, scenarios.Set(set...), scenarios.Known(known), scenarios.Check(check))
	if err != nil || !f.Beside {
		return loaded, err
	}
	for _, name := range names {
		if name == scenarios.OracleName || slices.ContainsFunc(loaded.Contestants, func(c scenarios.Contestant) bool { return c.As == name }) {
			return nil, usagef("%s is a name in the scenario's results already: give the command another with --as", name)
		}
		loaded.Contestants = append(loaded.Contestants, scenarios.Contestant{Name: name, As: name})
	}
	return loaded, nil
}

// admit refuses what no command can do.
func (f execFlags) admit(s *scenarios.Scenario, external *target.External, clock string) error {
	if len(f.Exec) == 0 {
		return nil
	}
	w := s.Workload
	switch {
	case clock == clockVirtual:
		return usagef("--exec runs a program, which virtual time cannot reach: leave --clock virtual out")
	case w.Kind != scenarios.KindUpload:
		return usagef("--exec uploads to an S3, and this scenario has kind: %s: use one with kind: upload", w.Kind)
	case w.PartURLs == "ucs":
		return usagef("--exec uploads to an S3, and part_urls: ucs needs a client of the Upload Controller: write part_urls: presign")
	case w.Payload == "counted":
		return usagef("payload: counted looks at no byte, so what a command has uploaded could not be verified: write payload: digested")
	case w.Clients > 1 && s.Network.Scope == "client":
		return usagef("with --exec the clients share a network: write network.scope: all or connection, or clients: 1")
	case external != nil && external.Bucket != "":
		return usagef("--exec needs a bucket of its own, in which nothing else is: leave --bucket and RATEBENCH_BUCKET out")
	}
	return nil
}

// commands describe the run in its manifest; nil: there are none.
func (f execFlags) commands() map[string]string {
	if len(f.Exec) == 0 {
		return nil
	}
	m := map[string]string{}
	for i, name := range f.names() {
		m[name] = f.redact(f.Exec[i])
	}
	return m
}

// redact takes out of a text what the environment says is secret.
func (execFlags) redact(text string) string {
	return blackbox.NewRedactor(os.Environ()).Redact(text)
}

// programs are the commands of a run, ready to compete. The zero value is none.
type programs struct {
	made  []*blackbox.Contestant
	files *blackbox.Files
}

// prepare makes the commands contestants of a run whose folder is there.
func (f execFlags) prepare(s *scenarios.Scenario, site *target.Site, dir string) (p programs, err error) {
	if len(f.Exec) == 0 {
		return p, nil
	}
	site.Foreign(f.names()...)
	if p.files, err = blackbox.NewFiles(s.Seed); err != nil {
		return p, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return p, err
	}
	for i, name := range f.names() {
		p.made = append(p.made, blackbox.New(blackbox.Config{
			Name: name, Command: f.Exec[i], Files: p.files, Logs: dir, ObjectSize: int64(s.Workload.ObjectSize), Objects: s.Workload.Objects,
			Duration: s.Workload.Duration.D(), Clients: cmp.Or(s.Workload.Clients, 1),
		}))
	}
	return p, nil
}

// table is for the runner.
func (p programs) table() map[string]runner.Contestant {
	table := map[string]runner.Contestant{}
	for _, c := range p.made {
		table[c.Name()] = c
	}
	return table
}

// problem says that a command could not be started in a trial, or has not uploaded anything in the whole run, of which
// finished are the trials that were done before. Results without any of its own would hide a typo.
func (p programs) problem(finished map[int]record.Trial) (err error) {
	for _, c := range p.made {
		if missing := c.Missing(); missing != nil {
			err = errors.Join(err, missing)
			continue
		}
		useful := false
		for _, row := range finished {
			useful = useful || row.Contestant == c.Name() && row.Objects > row.FailedObjects
		}
		if !useful {
			err = errors.Join(err, c.Useless())
		}
	}
	return err
}

// complaints says what failed.
func (p programs) complaints(w io.Writer) {
	for _, c := range p.made {
		if text := c.Failures(); text != "" {
			fmt.Fprintln(w, text)
		}
	}
}
