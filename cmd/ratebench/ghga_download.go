package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/ratebench/ratebench/connector"
)

type ghgaDownloadCmd struct {
	Files []string `arg:"" optional:"" name:"accession" help:"Accessions of the files. Default: all of the work package."`
	accessFlags
	partFlags
	tellFlags
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
	d := &downloading{ghgaDownloadCmd: c, account: c.account(out.out, "downloaded", len(unique(c.Files))), io: out, conn: conn, bar: bar}
	whole, err := d.run(ctx)
	kept := "what was not whole is removed"
	if errors.Is(err, connector.ErrKept) {
		kept = "what was brought is kept: the same command goes on with it"
	}
	return d.end(moved(ctx, err, kept), whole)
}

// folder makes sure that there is a folder.
func folder(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("--output %s: there is no such folder; make it first", path)
	}
	if err != nil {
		return usagef("--output: %w", err)
	}
	if !info.IsDir() {
		return usagef("--output %s is no folder", path)
	}
	return nil
}
