package main

import (
	"os"

	"github.com/alecthomas/kong"

	"github.com/ratebench/ratebench/internal/target"
	"github.com/ratebench/ratebench/internal/trials"
	"github.com/ratebench/ratebench/scenarios"
)

var bothGroup = kong.Group{
	Key:         "both",
	Title:       "With --run, for both programs:",
	Description: "As in run. With --exec, the programs differ in what measures; to compare two clients, see docs/ci.md.",
}

// bothFlags are those of run that both programs get as they are.
type bothFlags struct {
	Repeats    *int     `group:"both" placeholder:"N" help:"How often each program runs every cell. Default: the scenario's, or 10."`
	Set        []string `group:"both" sep:"none" placeholder:"KEY=VALUE" help:"Override a value of the scenario. Repeatable."`
	Seed       *uint64  `group:"both" placeholder:"N" help:"Seed of the first repeat; each later one has the next."`
	clockFlags `group:"both"`
	execFlags  `group:"both"`
	s3Flags
}

// given names a flag that was given although nothing is run; empty: none was.
func (b bothFlags) given() string {
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"--repeats", b.Repeats != nil}, {"--set", len(b.Set) > 0}, {"--seed", b.Seed != nil}, {"--clock", b.Clock != clockReal},
		{"--stall", b.Stall != stallByDefault}, {"--exec", len(b.Exec) > 0}, {"--as", len(b.As) > 0}, {"--beside", b.Beside},
		{"--backend", b.Backend != nil}, {"--endpoint", b.Endpoint != ""}, {"--access-key", b.AccessKey != ""},
		{"--secret-key", b.SecretKey != ""}, {"--region", b.Region != ""}, {"--bucket", b.Bucket != ""},
	} {
		if f.is {
			return f.name
		}
	}
	return ""
}

// check refuses what a run would refuse, and returns what stands behind the fault server; nil: nothing outside of the program.
func (b bothFlags) check(s *scenarios.Scenario) (*target.External, error) {
	if err := trials.ActsInRun(s); err != nil {
		return nil, withExit(exitUsage, err)
	}
	kind, external, err := b.resolve(s.Backend.Place(), os.Getenv)
	if err == nil {
		err = suits(s, kind)
	}
	if err == nil {
		err = b.admit(s, external, b.Clock)
	}
	if err == nil {
		err = b.clockFlags.check(s, kind)
	}
	return external, err
}

// args are the flags as a program gets them. What is not given is left out: an older program may not know it. Repeats and seeds are
// another matter, and keys go through the environment, where other users cannot read them.
func (b bothFlags) args() (args []string) {
	add := func(name, value string) { args = append(args, name+"="+value) }
	for _, set := range b.Set {
		args = append(args, "--set", set)
	}
	if b.Clock != clockReal {
		args = append(args, "--clock", b.Clock)
	}
	if b.Stall != stallByDefault {
		add("--stall", b.Stall.String())
	}
	for _, command := range b.Exec {
		add("--exec", command)
	}
	for _, name := range b.As {
		add("--as", name)
	}
	if b.Beside {
		args = append(args, "--beside")
	}
	if b.Backend != nil {
		add("--backend", *b.Backend)
	}
	for _, f := range [][2]string{{"--endpoint", b.Endpoint}, {"--region", b.Region}, {"--bucket", b.Bucket}} {
		if f[1] != "" {
			add(f[0], f[1])
		}
	}
	return args
}

// environ is the environment of a program; nil: this one's. The keys that flags gave are in it.
func (b bothFlags) environ(external *target.External) []string {
	if external == nil || b.AccessKey == "" && b.SecretKey == "" {
		return nil
	}
	return append(os.Environ(), "RATEBENCH_ACCESS_KEY="+external.AccessKey, "RATEBENCH_SECRET_KEY="+external.SecretKey)
}

// singleFlags are those of run that are about one run. They are known here to be refused with a reason.
type singleFlags struct {
	Resume  bool      `hidden:"" help:"Not here."`
	UI      uiAddress `name:"ui" hidden:"" help:"Not here."`
	UIKeep  bool      `name:"ui-keep" hidden:"" help:"Not here."`
	Metrics string    `hidden:"" help:"Not here."`
}

func (f singleFlags) refuse() error {
	switch {
	case f.Resume:
		return usagef("--resume goes on with one run, and compare --run measures many: compare what there is, or measure anew with another --out")
	case f.UI != "" || f.UIKeep || f.Metrics != "":
		return usagef("--ui, --ui-keep and --metrics show one run, and compare has many or none: use them with ratebench run; what is compared is said with --metric")
	}
	return nil
}
