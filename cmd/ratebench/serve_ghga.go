package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// kindGHGA is the backend that is a deployment of GHGA.
const kindGHGA = "ghga"

// ghgaStand is what a served deployment of GHGA has for its one user.
type ghgaStand struct {
	dir      string   // where the key and the work packages are
	made     bool     // dir is temporary
	folders  []string // that were made for dir, the innermost first
	written  []string // files in dir
	files    []string
	size     int64 // of files that are made up, where none are given
	at       *url.URL
	download []string // accessions
}

// The names in its folder. The key has no passphrase: it opens nothing but this.
const (
	ghgaKeyFile      = "user.sec"
	ghgaUploadFile   = "upload-package.txt"
	ghgaDownloadFile = "download-package.txt"
)

// madeUp is how many files are made up for download, and madeUpSize how large they are where no scenario says it.
const (
	madeUp     = 3
	madeUpSize = 4 << 20
)

// newGHGAStand makes the folder.
func newGHGAStand(dir string, files []string, s *scenarios.Scenario) (g *ghgaStand, err error) {
	if dir != "" {
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, fmt.Errorf("--ghga-dir: %w", err)
		}
	}
	g = &ghgaStand{dir: dir, files: files, size: madeUpSize}
	if s != nil && s.Workload.ObjectSize > 0 {
		g.size = int64(s.Workload.ObjectSize)
	}
	for _, f := range files {
		if _, err := plainFile(f); err != nil {
			return nil, withExit(exitUsage, err)
		}
	}
	if dir != "" {
		for _, name := range []string{ghgaKeyFile, ghgaUploadFile, ghgaDownloadFile} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				return nil, g.taken(name)
			}
		}
		for at := dir; ; at = filepath.Dir(at) {
			if _, err := os.Stat(at); !errors.Is(err, os.ErrNotExist) {
				break
			}
			g.folders = append(g.folders, at)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, errors.Join(fmt.Errorf("--ghga-dir: %w", err), g.close())
		}
		return g, nil
	}
	if g.dir, err = os.MkdirTemp("", "ratebench-ghga-"); err != nil {
		return nil, fmt.Errorf("making a folder for the keys: %w", err)
	}
	g.made = true
	return g, nil
}

// taken refuses to write over what may be somebody's own.
func (g *ghgaStand) taken(name string) error {
	return usagef("--ghga-dir: %s is there already: remove it if it was left behind, or name another folder", filepath.Join(g.dir, name))
}

// close removes what was written, which has no use without the server, and nothing else.
func (g *ghgaStand) close() error {
	if g == nil {
		return nil
	}
	if g.made {
		return os.RemoveAll(g.dir)
	}
	var err error
	for _, name := range g.written {
		if rerr := os.Remove(filepath.Join(g.dir, name)); rerr != nil && !errors.Is(rerr, os.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}
	for _, folder := range g.folders {
		if os.Remove(folder) != nil {
			break // something else is in it by now, or it is gone
		}
	}
	return err
}

// prepare makes a user with a key pair and two work packages, and stores files for download.
func (g *ghgaStand) prepare(ctx context.Context, at *url.URL, p *ghga.Platform) error {
	g.at = at
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		return fmt.Errorf("making the user's keys: %w", err)
	}
	var key bytes.Buffer
	if err := keys.WriteOpenSSLX25519PrivateKey(&key, private); err != nil {
		return fmt.Errorf("making the user's keys: %w", err)
	}
	if err := g.write(ghgaKeyFile, key.Bytes()); err != nil {
		return err
	}
	up, err := p.NewUploadPackage(public)
	if err != nil {
		return fmt.Errorf("making a work package: %w", err)
	}
	if err := g.store(ctx, p); err != nil {
		return err
	}
	down, err := p.NewDownloadPackage(public, g.download...)
	if err != nil {
		return fmt.Errorf("making a work package: %w", err)
	}
	return errors.Join(g.write(ghgaUploadFile, pasted(up)), g.write(ghgaDownloadFile, pasted(down)))
}

func pasted(w ghga.WorkPackage) []byte { return []byte(w.ID + ":" + w.Sealed + "\n") }

// write makes a file that nobody else can read.
func (g *ghgaStand) write(name string, text []byte) error {
	f, err := os.OpenFile(filepath.Join(g.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return g.taken(name)
	}
	if err != nil {
		return err
	}
	g.written = append(g.written, name)
	_, err = f.Write(text)
	return errors.Join(err, f.Chmod(0o600), f.Close())
}

// store puts the files where they can be downloaded.
func (g *ghgaStand) store(ctx context.Context, p *ghga.Platform) error {
	put := func(ext string, content io.Reader, size int64) error {
		accession := fmt.Sprintf("GHGAF%014d", len(g.download)+1)
		g.download = append(g.download, accession)
		return p.Store(ctx, accession, ext, content, size)
	}
	if len(g.files) == 0 {
		for i := range madeUp {
			if err := put(".bin", io.NewSectionReader(workloads.Content(1, i+1), 0, g.size), g.size); err != nil {
				return err
			}
		}
		return nil
	}
	for _, path := range g.files {
		err := func() error {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return err
			}
			return put(filepath.Ext(path), f, info.Size())
		}()
		if err != nil {
			return fmt.Errorf("--ghga-file: %w", err)
		}
	}
	return nil
}

// pointers prints the commands to try. cert is the file with the certificate of the server; empty: it speaks HTTP.
func (g *ghgaStand) pointers(b *strings.Builder, cert string) {
	b.WriteString("\n")
	if cert != "" {
		fmt.Fprintf(b, "    export %s=%s\n", certVariable, cert)
	}
	fmt.Fprintf(b, `    export RATEBENCH_GHGA_WELL_KNOWN=%s
    export RATEBENCH_GHGA_KEY=%s
Upload, list and delete:
    export RATEBENCH_GHGA_WORK_PACKAGE=%s
    ratebench ghga upload FILE
    ratebench ghga list
    ratebench ghga delete FILE
Download %s (%s):
    export RATEBENCH_GHGA_WORK_PACKAGE=%s
    ratebench ghga download

`, g.at.JoinPath(".well-known"), filepath.Join(g.dir, ghgaKeyFile), filepath.Join(g.dir, ghgaUploadFile),
		plural(len(g.download), "file"), strings.Join(shortened(g.download, 3), ", "), filepath.Join(g.dir, ghgaDownloadFile))
}

// shortened is the beginning of a list.
func shortened(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(list[:n:n], "…")
}

// leftBehind says what a server that is ended at once does not remove, and where; empty: nothing. Both may be nil.
func leftBehind(b *gateway.Backend, g *ghgaStand) string {
	var left []string
	there := func(what, path string) {
		if _, err := os.Lstat(path); err == nil {
			left = append(left, what+" "+path)
		}
	}
	if g != nil && g.made {
		there("keys and work packages in", g.dir)
	} else if g != nil {
		there("the key", filepath.Join(g.dir, ghgaKeyFile))
		there("the work package", filepath.Join(g.dir, ghgaUploadFile))
		there("the work package", filepath.Join(g.dir, ghgaDownloadFile))
	}
	if b != nil && b.Dir != "" {
		there("stored bytes in", b.Dir)
	} else if b != nil && g != nil {
		left = append(left, "what was stored in the S3")
	}
	return strings.Join(left, "; ")
}
