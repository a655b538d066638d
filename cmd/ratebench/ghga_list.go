package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/ratebench/ratebench/connector"
)

type ghgaListCmd struct {
	accessFlags
	paceFlags
	Format string `short:"o" aliases:"output" enum:"table,json" default:"table" placeholder:"FORMAT" help:"table or json."`
}

func (ghgaListCmd) Help() string {
	return `Lists the uploads in the box of an upload package, or the files of a download package.

Examples:

    ratebench ghga list --key me.sec
    ratebench ghga list --key me.sec --work-package token.txt -o json`
}

// listedFile is a file of a download package.
type listedFile struct {
	Accession string `json:"accession"`
	Extension string `json:"extension"`
}

// Run lists.
func (c ghgaListCmd) Run(ctx context.Context, io *streams) error {
	if err := c.paceFlags.check(); err != nil {
		return err
	}
	return c.reach(ctx, io, c.paceFlags, func(ctx context.Context, conn *connector.Connector) error { return c.list(ctx, io, conn) })
}

func (c ghgaListCmd) list(ctx context.Context, io *streams, conn *connector.Connector) error {
	files, err := conn.Files(ctx)
	if err != nil {
		return moved(ctx, err, "nothing was changed")
	}
	if len(files) > 0 {
		return c.files(io, files)
	}
	uploads, err := conn.List(ctx)
	if err != nil {
		return moved(ctx, err, "nothing was changed")
	}
	if c.Format == "json" {
		if uploads == nil {
			uploads = []connector.FileUpload{} // [], not null
		}
		return writeJSON(io.out, uploads)
	}
	if len(uploads) == 0 {
		_, err := fmt.Fprintln(io.out, "The box holds no uploads.")
		return err
	}
	t := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FILE ID\tSTATE\tSIZE\tALIAS")
	for _, u := range uploads {
		state := u.State
		if u.FailureReason != "" {
			state += " (" + u.FailureReason + ")"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", plainText(u.ID), plainText(state), size(u.DecryptedSize), plainText(u.Alias))
	}
	return t.Flush()
}

// files lists those of a download package.
func (c ghgaListCmd) files(io *streams, files map[string]string) error {
	var list []listedFile
	for _, accession := range slices.Sorted(maps.Keys(files)) {
		list = append(list, listedFile{accession, files[accession]})
	}
	if c.Format == "json" {
		return writeJSON(io.out, list)
	}
	for _, f := range list {
		fmt.Fprintln(io.out, plainText(f.Accession+f.Extension))
	}
	return nil
}
