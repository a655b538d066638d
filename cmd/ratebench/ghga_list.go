package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ratebench/ratebench/connector"
)

type ghgaListCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Aliases or file ids of uploads, or accessions. Default: all."`
	accessFlags
	paceFlags
	Format string `short:"o" aliases:"output" enum:"table,json" default:"table" placeholder:"FORMAT" help:"table or json."`
}

func (ghgaListCmd) Help() string {
	return `Lists the uploads in the box of an upload package, or the files of a download package.

Examples:

    ratebench ghga list --key me.sec
    ratebench ghga list --key me.sec sample1.bam sample2.bam             # exits with 1 if one of them is not there
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
	uploads, missing := chosen(c.Files, uploads, func(u connector.FileUpload, name string) bool {
		return u.Alias == name || strings.EqualFold(u.ID, name)
	})
	return errors.Join(c.uploads(io, uploads), missing)
}

// chosen leaves what is asked for, or all if nothing is; what is asked for and not there is an error.
func chosen[T any](names []string, all []T, is func(T, string) bool) (some []T, missing error) {
	if len(names) == 0 {
		return all, nil
	}
	found := map[string]bool{}
	for _, one := range all {
		wanted := false
		for _, name := range names {
			if is(one, name) {
				wanted, found[name] = true, true
			}
		}
		if wanted {
			some = append(some, one)
		}
	}
	var not []string
	for _, name := range unique(names) {
		if !found[name] {
			not = append(not, plainText(name))
		}
	}
	if len(not) > 0 {
		missing = fmt.Errorf("not there: %s", strings.Join(not, ", "))
	}
	return some, missing
}

// uploads lists those of a box.
func (c ghgaListCmd) uploads(io *streams, uploads []connector.FileUpload) error {
	if c.Format == "json" {
		if uploads == nil {
			uploads = []connector.FileUpload{} // [], not null
		}
		return writeJSON(io.out, uploads)
	}
	if len(uploads) == 0 {
		if len(c.Files) > 0 {
			return nil // what is missing is said
		}
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
	list, missing := chosen(c.Files, list, func(f listedFile, name string) bool { return f.Accession == name || f.Accession+f.Extension == name })
	if c.Format == "json" {
		if list == nil {
			list = []listedFile{}
		}
		return errors.Join(writeJSON(io.out, list), missing)
	}
	for _, f := range list {
		fmt.Fprintln(io.out, plainText(f.Accession+f.Extension))
	}
	return missing
}
