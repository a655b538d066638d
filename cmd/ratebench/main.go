package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ratebench/ratebench/scenarios"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == workerArg {
		work()
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// streams are what a command reads from and writes to.
type streams struct {
	in  io.Reader
	out io.Writer // results
	err io.Writer // messages and progress

	hushed bool // the terminal does not show what is typed
}

// commands is the whole command line.
type commands struct {
	Run      runCmd      `cmd:"" help:"Run a scenario, print a table and leave a results folder."`
	Fidelity fidelityCmd `cmd:"" help:"Run a scenario on the real and the virtual clock, and test whether the results are the same."`
	Compare  compareCmd  `cmd:"" help:"Compare two runs, or two programs, and fail if the head is worse than the base."`
	Serve    serveCmd    `cmd:"" help:"Put the faults of a scenario in front of an S3 or any HTTP service, for any client."`
	Ctl      ctlCmd      `cmd:"" help:"Change a fault server that runs, and ask it what happened."`
	Tune     tuneCmd     `cmd:"" help:"Search the parameters of contestants for the setting that does best under a scenario."`
	GHGA     ghgaCmd     `cmd:"" name:"ghga" help:"Upload, download, delete and list files of GHGA, as the GHGA Connector does."`
	Plan     planCmd     `cmd:"" help:"Show what a scenario would run, how long and how many bytes."`
	Validate validateCmd `cmd:"" help:"Check scenario files."`
	List     listCmd     `cmd:"" help:"List contestants, faults and shipped scenarios."`
	Report   reportCmd   `cmd:"" help:"Print the table of a results folder and write its views again."`
	Schema   schemaCmd   `cmd:"" help:"Print the JSON Schema of scenario files, for editors."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

const description = `Measures which retry strategy gets S3 uploads through a service that throttles and fails.

Examples:

    ratebench run scenarios/flaky.yaml        # about a minute; no S3 needed
    ratebench run flaky --backend minio       # the same against a MinIO at 127.0.0.1:9000
    ratebench list                            # who can compete, what can go wrong`

// run is main without the process: it parses args, carries the command out and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &output{Writer: stdout}
	io := &streams{in: stdin, out: out, err: stderr}
	helped := false
	parser, err := newParser(ctx, io, func() { helped = true })
	if err != nil {
		fmt.Fprintf(stderr, "ratebench: the command line is broken: %v\n", err)
		return exitFailed
	}
	if len(args) == 0 {
		parser.Stdout = stderr // asked for by nobody, so no result
		_, _ = parser.Parse([]string{"--help"})
		return exitUsage
	}
	command, err := parser.Parse(args)
	if helped {
		return exitPassed
	}
	if err != nil {
		complain(stderr, err)
		fmt.Fprintf(stderr, "Run %q for help.\n", strings.TrimSpace("ratebench "+commandOf(err))+" --help")
		return exitUsage
	}
	code := exitPassed
	if err := command.Run(); err != nil {
		complain(stderr, err)
		code = exitCode(err)
	}
	if err := out.failed(); err != nil && code == exitPassed {
		complain(stderr, fmt.Errorf("the results could not be written: %w", err))
		code = exitFailed
	}
	return code
}

// newParser describes the command line. It calls helped when --help was given, whose output is all that was asked for.
func newParser(ctx context.Context, io *streams, helped func()) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("ratebench"),
		kong.Description(description),
		kong.Writers(io.out, io.err),
		kong.Exit(func(int) { helped() }), // only --help calls it
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: true, WrapUpperBound: 110}),
		kong.ExplicitGroups([]kong.Group{bothGroup, s3Group}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(io),
		kong.KindMapper(reflect.String, kong.MapperFunc(asGiven)),
	)
}

// complain prints an error as one message. What is wrong with a scenario starts with its place, as editors want it. Names that are in it, of files
// and of what services have, may hold anything.
func complain(w io.Writer, err error) {
	var invalid *scenarios.Error
	text := plainLines(strings.TrimRight(err.Error(), "\n"))
	switch {
	case text == "":
	case errors.As(err, &invalid):
		fmt.Fprintln(w, text)
	default:
		fmt.Fprintf(w, "ratebench: %s\n", text)
	}
}

// commandOf names the command whose arguments could not be parsed; empty if none was recognised.
func commandOf(err error) string {
	var parse *kong.ParseError
	if !errors.As(err, &parse) || parse.Context == nil || parse.Context.Selected() == nil {
		return ""
	}
	return parse.Context.Selected().Path()
}
