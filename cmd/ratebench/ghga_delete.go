package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/ratebench/ratebench/connector"
)

type ghgaDeleteCmd struct {
	Files []string `arg:"" name:"file" help:"File ids or aliases of uploads; see ratebench ghga list."`
	accessFlags
	paceFlags
	tellFlags
	Yes bool `short:"y" help:"Do not ask."`
}

func (ghgaDeleteCmd) Help() string {
	return `Deletes uploads from the box of a work package, finished ones and those under way.

Examples:

    ratebench ghga delete --key me.sec sample.bam
    ratebench ghga delete --key me.sec --work-package token.txt --yes 6b4e2c0e-3a4f-4a63-9d0e-0f5c2f9d6a11`
}

// Run deletes.
func (c ghgaDeleteCmd) Run(ctx context.Context, io *streams) error {
	if err := c.paceFlags.check(); err != nil {
		return err
	}
	for _, name := range c.Files {
		if !utf8.ValidString(name) {
			return usagef("%q is not in UTF-8, so no upload can have it as its alias; ratebench ghga list shows all", name)
		}
	}
	return c.reach(ctx, io, c.paceFlags, func(ctx context.Context, conn *connector.Connector) error {
		all := c.account(io.out, "deleted", len(unique(c.Files)))
		return all.end(moved(ctx, c.delete(ctx, io, conn, all), "what was said to be deleted is; ratebench ghga list tells what is left"), false)
	})
}

// box is that of a work package.
type box interface {
	List(context.Context) ([]connector.FileUpload, error)
	Delete(ctx context.Context, fileID string) error
}

func (c ghgaDeleteCmd) delete(ctx context.Context, io *streams, conn box, all *account) error {
	uploads, err := conn.List(ctx)
	if err != nil {
		return err
	}
	var chosen []connector.FileUpload
	for _, name := range unique(c.Files) {
		u, err := choose(uploads, name)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(chosen, func(c connector.FileUpload) bool { return c.ID == u.ID }) { // by its alias and by its id
			chosen = append(chosen, u)
		}
	}
	all.named = len(chosen)
	if !c.Yes {
		if io.terminal() == nil {
			return usagef("there is no terminal to ask on: give --yes to delete %s", plural(len(chosen), "upload"))
		}
		for _, u := range chosen {
			fmt.Fprintf(io.err, "%s  %s  %s, %s\n", plainText(u.ID), plainText(u.Alias), plainText(u.State), size(u.DecryptedSize))
		}
		if yes, err := io.confirm(fmt.Sprintf("Delete %s?", plural(len(chosen), "upload"))); err != nil || !yes {
			return errors.Join(err, errors.New("nothing was deleted"))
		}
	}
	var failed error
	for _, u := range chosen {
		o := outcome{Alias: u.Alias, FileID: u.ID, Status: all.did, Bytes: u.DecryptedSize}
		start := time.Now()
		err := conn.Delete(ctx, u.ID)
		took := time.Since(start)
		if err == nil {
			all.tell(o, took, fmt.Sprintf("%s  deleted  %s", plainText(u.ID), plainText(u.Alias)))
			continue
		}
		failed = errors.Join(failed, fmt.Errorf("%s: %w", plainText(u.Alias), err))
		o.Status, o.Error = statusFailed, err.Error()
		if ctx.Err() != nil {
			o.Status = statusInterrupted
		}
		all.tell(o, took, "")
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// choose finds an upload by its file id, or by its alias: the one that is not over, if there is one.
func choose(uploads []connector.FileUpload, name string) (connector.FileUpload, error) {
	var over []connector.FileUpload
	for _, u := range uploads {
		switch {
		case strings.EqualFold(u.ID, name):
			return u, nil
		case u.Alias != name:
		case u.State == "cancelled" || u.State == "failed":
			over = append(over, u)
		default:
			return u, nil
		}
	}
	if len(over) > 0 {
		return connector.FileUpload{}, fmt.Errorf("%s is %s already", plainText(name), plainText(over[0].State))
	}
	if _, err := uuid.Parse(name); err == nil {
		return connector.FileUpload{}, fmt.Errorf("the box has no upload with the file id %s", name)
	}
	return connector.FileUpload{}, fmt.Errorf("the box has no upload with the alias %s; ratebench ghga list shows all", name)
}
