package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/ratebench/ratebench/connector"
)

// downloading are the files of a command on their way. It is for one goroutine.
type downloading struct {
	ghgaDownloadCmd
	*account
	io   *streams
	conn *connector.Connector
	bar  *transfers
}

// run downloads all files, and says what has become of each. whole says that all had their turn.
func (d *downloading) run(ctx context.Context) (whole bool, err error) {
	staging, err := d.stage(ctx)
	if err != nil {
		return false, err
	}
	for {
		d.bar.begin(anyFile, "archive", 0)
		accession, err := staging.Next(ctx)
		d.bar.end()
		if errors.Is(err, io.EOF) {
			break
		}
		if ctx.Err() != nil {
			return false, err
		}
		if err == nil {
			err = d.one(ctx, accession)
		} else {
			d.tell(outcome{Accession: accession, Status: statusFailed, Error: err.Error()}, 0, "")
		}
		if ctx.Err() != nil && err != nil {
			return false, err
		}
		if err != nil {
			complain(d.io.err, err)
		}
	}
	if d.failed > 0 {
		return true, withExit(exitFailed, fmt.Errorf("%s could not be downloaded", plural(d.failed, "file")))
	}
	return true, nil
}

// stage asks for all files, and what to do where some of them cannot be had.
func (d *downloading) stage(ctx context.Context) (*connector.Staging, error) {
	has, err := d.conn.Files(ctx)
	if err != nil {
		return nil, err
	}
	wanted := unique(d.Files)
	if len(wanted) == 0 {
		wanted = slices.Sorted(maps.Keys(has))
	}
	if len(wanted) == 0 {
		return nil, errors.New("the work package holds no files for download; it may be one for uploads")
	}
	d.named = len(wanted)
	var missing []outcome
	var known []string
	for _, accession := range wanted {
		if _, ok := has[accession]; ok {
			known = append(known, accession)
		} else {
			missing = append(missing, outcome{Accession: accession, Status: statusMissing, Error: "not in the work package"})
		}
	}
	d.bar.begin(anyFile, "archive", 0)
	staging, err := d.conn.Stage(ctx, known...)
	d.bar.end()
	if err != nil {
		return nil, err
	}
	for _, accession := range slices.Sorted(maps.Keys(staging.Missing)) {
		missing = append(missing, outcome{Accession: accession, Status: statusMissing, Error: staging.Missing[accession].Error()})
	}
	if len(missing) == 0 {
		return staging, nil
	}
	fmt.Fprintf(d.io.err, "%d of %s cannot be had:\n", len(missing), plural(len(wanted), "file"))
	for _, o := range missing {
		fmt.Fprintf(d.io.err, "    %s: %s\n", plainText(o.Accession), plainLines(o.Error))
		d.tell(o, 0, "")
	}
	if len(missing) == len(wanted) {
		return nil, errors.New("none of the files can be had")
	}
	if goOn, err := d.goOn(); err != nil || !goOn {
		return nil, errors.Join(err, errors.New("stopped, nothing was downloaded; --missing skip goes on without what cannot be had"))
	}
	return staging, nil
}

// goOn says whether to do without what is missing.
func (d *downloading) goOn() (bool, error) {
	switch {
	case d.Missing == "skip":
		return true, nil
	case d.Missing == "stop" || d.io.terminal() == nil:
		return false, nil
	}
	return d.io.confirm("Go on without?")
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

// one downloads a file that is ready, and says what has become of it.
func (d *downloading) one(ctx context.Context, accession string) error {
	d.bar.begin(accession, plainText(accession), 0)
	got, err := d.conn.Download(ctx, accession, d.Output, d.KeepEncrypted)
	took, tries := d.bar.end()
	o := outcome{
		Accession: accession, Path: got.Path, Status: d.did, Bytes: got.Size, Retries: tries.retries, Restarts: tries.restarts,
		Encrypted: got.EncryptedSize, SHA256: got.SHA256,
	}
	text := fmt.Sprintf("%s  %s in %v%s%s", plainText(got.Path), size(got.Size), short(took), tries, d.known(got))
	switch {
	case errors.Is(err, connector.ErrPresent):
		o.Status = statusSkipped
		text = plainText(accession) + ": left out, it is there already (same size; the content was not compared)"
		err = nil
	case errors.Is(err, connector.ErrStillEncrypted):
		err = fmt.Errorf("%w: decrypt it with ratebench ghga decrypt, or bring it once more with --overwrite, which leaves it", err)
		o.Status, o.Error, text = statusFailed, err.Error(), ""
	case err != nil:
		o.Status, o.Error, o.Kept = statusFailed, err.Error(), errors.Is(err, connector.ErrKept)
		if ctx.Err() != nil {
			o.Status = statusInterrupted
		}
		text = ""
	}
	d.tell(o, took, text)
	return err
}

// known is what decrypting an encrypted file later on can be checked with, or else the digest of a plain one.
func (d *downloading) known(got connector.Downloaded) string {
	switch {
	case got.SHA256 != "" && d.KeepEncrypted:
		return fmt.Sprintf("\n    encrypted %d bytes; of the plain file: SHA-256 %s", got.EncryptedSize, got.SHA256)
	case got.SHA256 != "":
		return "\n    SHA-256 " + got.SHA256
	case d.KeepEncrypted:
		return fmt.Sprintf("\n    encrypted %d bytes", got.EncryptedSize)
	}
	return ""
}
