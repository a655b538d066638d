package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/ratebench/ratebench/connector"
)

type ghgaUploadCmd struct {
	Files []string `arg:"" name:"file" help:"Files to upload. Their base names are the aliases."`
	accessFlags
	paceFlags
	partFlags
	tellFlags
	Alias   string `placeholder:"NAME" help:"Alias of the file, where there is one. Default: its base name."`
	Journal string `placeholder:"DIR" help:"Folder that remembers half-finished uploads, so that the same command goes on with them. Default: in your cache folder."`
}

func (ghgaUploadCmd) Help() string {
	return `Encrypts files for the deployment and uploads them, one after the other. Files that the box has already are left out. Ctrl-C keeps what was
brought, and so does an outage: the same command goes on with it, unless it behaves as-is.

Examples:

    ratebench ghga upload --key me.sec sample.bam
    ratebench ghga upload --key me.sec --work-package token.txt --in-flight 8 *.gz
    ratebench ghga upload --key me.sec -o json sample.bam > uploaded.jsonl`
}

// Run uploads.
func (c ghgaUploadCmd) Run(ctx context.Context, io *streams) error {
	if err := errors.Join(c.partFlags.check(), c.paceFlags.check()); err != nil {
		return err
	}
	files, err := c.check()
	if err != nil {
		return err
	}
	journal, err := c.journal()
	if err != nil {
		return err
	}
	a, err := c.access(io)
	if err != nil {
		return err
	}
	c.partFlags.raised(io.err)
	bar := newTransfers(io.err)
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	conn, hangUp, err := c.connect(a, bar, c.partFlags, func(cfg *connector.Config) {
		cfg.Journal = journal
		c.paceFlags.set(cfg)
	})
	if err != nil {
		return err
	}
	defer hangUp()
	up := uploading{files: files, account: c.account(io.out, "uploaded", len(files)), bar: bar}
	err = up.run(ctx, conn)
	kept := "what was under way is not kept: the same command begins it anew"
	if up.kept {
		kept = "what was brought is kept for a while: the same command goes on with it"
	}
	return up.account.end(moved(ctx, err, kept), len(files) > 1)
}

// check looks at all files before anything is asked of the network.
func (c ghgaUploadCmd) check() ([]upload, error) {
	if c.Alias != "" && len(c.Files) > 1 {
		return nil, usagef("--alias is for one file, and there are %d", len(c.Files))
	}
	var all []upload
	seen := map[string]string{}
	for _, path := range c.Files {
		alias := c.Alias
		if alias == "" {
			alias = filepath.Base(path)
		}
		if err := goodAlias(alias, path, c.Alias != ""); err != nil {
			return nil, err
		}
		if other, ok := seen[alias]; ok {
			return nil, usagef("%s and %s would both be called %s: upload them one by one, with --alias", other, path, alias)
		}
		seen[alias] = path
		info, err := plainFile(path)
		if err != nil {
			return nil, withExit(exitUsage, err)
		}
		all = append(all, upload{path, alias, info})
	}
	return all, nil
}

// goodAlias makes sure that an alias can be sent as it is. Names of files may hold any bytes, and JSON would put others in their place. given says that
// it does not come from the file's name.
func goodAlias(alias, path string, given bool) error {
	switch {
	case utf8.ValidString(alias):
		return nil
	case given:
		return usagef("--alias %q is not in UTF-8, so it cannot be an alias: choose another one", alias)
	}
	return usagef("%q: the name of the file is not in UTF-8, so it cannot be its alias: rename the file, or upload it alone with --alias NAME", path)
}

// plainFile makes sure that a file can be uploaded.
func plainFile(path string) (os.FileInfo, error) {
	info, err := os.Stat(path) // to open a named pipe would wait for its writer
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name the files in it", path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	if info.Size() == 0 {
		return nil, fmt.Errorf("%s is empty, and GHGA takes no empty files", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, cause(err))
	}
	defer f.Close()
	encrypted, err := connector.IsCrypt4GH(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if encrypted {
		return nil, fmt.Errorf("%s: %w", path, connector.ErrEncrypted)
	}
	return info, nil
}

// journal is where half-finished uploads are remembered.
func (c ghgaUploadCmd) journal() (connector.Journal, error) {
	dir := c.Journal
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, usagef("--journal %s is no folder", dir)
	}
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, usagef("there is no cache folder for half-finished uploads (%w): name one with --journal", err)
		}
		dir = filepath.Join(cache, "ratebench", "uploads")
	}
	return connector.FileJournal{Dir: dir}, nil
}
