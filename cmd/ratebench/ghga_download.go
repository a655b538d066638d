package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/connector"
)

type ghgaDownloadCmd struct {
	Files []string `arg:"" optional:"" name:"accession" help:"Accessions of the files. Default: all of the work package."`
	accessFlags
	partFlags
	Output        string `placeholder:"DIR" default:"." help:"Folder for the files. Default: this one."`
	KeepEncrypted bool   `help:"Leave the files encrypted, as .c4gh; ratebench ghga decrypt decrypts them."`
	Overwrite     bool   `help:"Replace files that are there already. Default: those of the right size are left out, others fail."`
	Missing       string `enum:"ask,skip,stop" default:"ask" placeholder:"ACTION" help:"What to do where some files cannot be had: skip them, stop, or ask. Default: ask; off a terminal, stop."`
}

func (ghgaDownloadCmd) Help() string {
	return `Downloads files one after the other, each as soon as the archive has staged it, and decrypts them. A file that is not whole is never
left under its name. Ctrl-C keeps what was brought: the same command goes on with it.

Examples:

    ratebench ghga download --key me.sec                                # all of the work package
    ratebench ghga download --key me.sec --output data GHGAF00000000000001
    ratebench ghga download --key me.sec --work-package token.txt --missing skip`
}

// Run downloads.
func (c ghgaDownloadCmd) Run(ctx context.Context, out *streams) error {
	if err := errors.Join(c.partFlags.check(), folder(c.Output)); err != nil {
		return err
	}
	a, err := c.access(out)
	if err != nil {
		return err
	}
	bar := newTransfers(out.err)
	ctx, stop := interruptible(ctx, out.err)
	defer stop()
	conn, hangUp, err := c.connect(a, bar, c.partFlags, func(cfg *connector.Config) { cfg.Overwrite = c.Overwrite })
	if err != nil {
		return err
	}
	defer hangUp()
	err = c.download(ctx, out, conn, bar)
	kept := "what was not whole is removed"
	if errors.Is(err, connector.ErrKept) {
		kept = "what was brought is kept: the same command goes on with it"
	}
	return moved(ctx, err, kept)
}

// folder makes sure that there is a folder.
func folder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return usagef("--output: %w", err)
	}
	if !info.IsDir() {
		return usagef("--output %s is no folder", path)
	}
	return nil
}

func (c ghgaDownloadCmd) download(ctx context.Context, out *streams, conn *connector.Connector, bar *transfers) error {
	staging, skipped, err := c.stage(ctx, out, conn, bar)
	if err != nil {
		return err
	}
	m := moves{skipped: skipped}
	for {
		bar.begin(anyFile, "archive", 0)
		accession, err := staging.Next(ctx)
		bar.end()
		if errors.Is(err, io.EOF) {
			break
		}
		if ctx.Err() != nil {
			return err
		}
		if err == nil {
			err = c.one(ctx, out, conn, bar, accession, &m)
		}
		if err != nil {
			m.failed++
			if ctx.Err() != nil {
				return err
			}
			complain(out.err, err)
		}
	}
	fmt.Fprintln(out.out, m.summary("downloaded"))
	if m.failed > 0 {
		return withExit(exitFailed, fmt.Errorf("%s could not be downloaded", plural(m.failed, "file")))
	}
	return nil
}

// stage asks for all files, and what to do where some of them cannot be had. skipped is how many are left out.
func (c ghgaDownloadCmd) stage(ctx context.Context, out *streams, conn *connector.Connector, bar *transfers) (_ *connector.Staging, skipped int, err error) {
	has, err := conn.Files(ctx)
	if err != nil {
		return nil, 0, err
	}
	wanted := c.Files
	if len(wanted) == 0 {
		wanted = slices.Sorted(maps.Keys(has))
	}
	if len(wanted) == 0 {
		return nil, 0, errors.New("the work package holds no files for download")
	}
	var missing []string
	var known []string
	for _, accession := range unique(wanted) {
		if _, ok := has[accession]; ok {
			known = append(known, accession)
		} else {
			missing = append(missing, accession+": not in the work package")
		}
	}
	bar.begin(anyFile, "archive", 0)
	staging, err := conn.Stage(ctx, known...)
	bar.end()
	if err != nil {
		return nil, 0, err
	}
	for _, accession := range slices.Sorted(maps.Keys(staging.Missing)) {
		missing = append(missing, accession+": "+staging.Missing[accession].Error())
	}
	if len(missing) == 0 {
		return staging, 0, nil
	}
	fmt.Fprintf(out.err, "%d of %s cannot be had:\n    %s\n", len(missing), plural(len(unique(wanted)), "file"), strings.Join(missing, "\n    "))
	if len(missing) == len(unique(wanted)) {
		return nil, 0, errors.New("none of the files can be had")
	}
	action := c.Missing
	if action == "ask" {
		action = "stop"
		if out.terminal() != nil {
			goOn, err := out.confirm("Go on without?")
			if err != nil {
				return nil, 0, err
			}
			if goOn {
				action = "skip"
			}
		}
	}
	if action != "skip" {
		return nil, 0, errors.New("stopped, nothing was downloaded; --missing skip goes on without what cannot be had")
	}
	return staging, len(missing), nil
}

// unique leaves out what was named before.
func unique(list []string) []string {
	var once []string
	for _, s := range list {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

// one downloads a file that is ready, and says so.
func (c ghgaDownloadCmd) one(ctx context.Context, out *streams, conn *connector.Connector, bar *transfers, accession string, m *moves) error {
	bar.begin(accession, accession, 0)
	got, err := conn.Download(ctx, accession, c.Output, c.KeepEncrypted)
	took, retries := bar.end()
	if errors.Is(err, connector.ErrPresent) {
		m.skipped++
		fmt.Fprintf(out.out, "%s: left out, it is there already (same size; the content was not compared)\n", plainText(accession))
		return nil
	}
	if err != nil {
		return err
	}
	m.files++
	m.bytes += got.Size
	m.took += took
	fmt.Fprintf(out.out, "%s  %s in %v%s\n", got.Path, size(got.Size), short(took), again(retries))
	return nil
}
