package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ratebench/ratebench/connector"
)

type ghgaDecryptCmd struct {
	Files []string `arg:"" name:"file" help:"Crypt4GH files, whose names end in .c4gh."`
	keyFlags
	tellFlags
	Output    string `placeholder:"DIR" help:"Folder for the plain files. Default: that of the encrypted one."`
	Overwrite bool   `help:"Replace files that are there already."`
}

func (ghgaDecryptCmd) Help() string {
	return `Decrypts Crypt4GH files; the name of the plain file is that of the encrypted one without .c4gh. Every segment is verified. What Crypt4GH cannot tell is whether a file
was cut off between two segments: compare the size that is printed with what you know.

Examples:

    ratebench ghga decrypt --key me.sec GHGAF00000000000001.bam.c4gh`
}

// Run decrypts.
func (c ghgaDecryptCmd) Run(ctx context.Context, io *streams) error {
	to, err := c.places()
	if err != nil {
		return err
	}
	key, err := c.key(io)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	bar := newTransfers(io.err)
	all := c.account(io.out, "decrypted", len(c.Files))
	for i, from := range c.Files {
		if ctx.Err() != nil {
			break
		}
		name := filepath.Base(from)
		if info, serr := os.Stat(from); serr == nil {
			bar.begin(name, plainText(name), info.Size())
		}
		o := outcome{File: from, Path: to[i], Status: all.did}
		start := time.Now()
		got, ferr := connector.DecryptFile(ctx, from, to[i], key, c.Overwrite, func(n int64) { bar.event(connector.Event{File: name, Bytes: n}) })
		bar.end()
		took := time.Since(start)
		if ferr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", plainText(from), ferr))
			o.Path, o.Status, o.Error = "", statusFailed, ferr.Error()
			if ctx.Err() != nil {
				o.Status = statusInterrupted
			}
			all.tell(o, took, "")
			continue
		}
		o.Bytes, o.SHA256 = got.Size, got.SHA256
		all.tell(o, took, fmt.Sprintf("%s  %s in %v\n    SHA-256 %s", plainText(to[i]), size(got.Size), short(took), got.SHA256))
	}
	return all.end(moved(ctx, err, "what was not whole is removed"), false)
}

// places says where the plain files go.
func (c ghgaDecryptCmd) places() ([]string, error) {
	if c.Output != "" {
		if err := folder(c.Output); err != nil {
			return nil, err
		}
	}
	var to []string
	for _, from := range c.Files {
		plain, ok := strings.CutSuffix(from, ".c4gh")
		if !ok || filepath.Base(from) == ".c4gh" {
			return nil, usagef("%s: the name of an encrypted file ends in .c4gh", from)
		}
		if info, err := os.Stat(from); err != nil {
			return nil, usagef("%s: %w", from, cause(err))
		} else if info.IsDir() {
			return nil, usagef("%s is a folder: name the files in it", from)
		} else if !info.Mode().IsRegular() {
			return nil, usagef("%s is no regular file", from)
		}
		if c.Output != "" {
			plain = filepath.Join(c.Output, filepath.Base(plain))
		}
		to = append(to, plain)
	}
	return to, nil
}
