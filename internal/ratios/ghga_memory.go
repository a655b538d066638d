package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/neicnordic/crypt4gh/keys"
)

// ghgaServerFlag makes this program a deployment of GHGA in a process of its own: it writes what a user needs into a folder, prints its
// address, and ends with its standard input.
const ghgaServerFlag = "-ghga-server"

// ghgaMemory uploads a large sparse file with the command line as users run it. Client and server are processes of their own, and
// the system is asked for the most memory that each ever held.
func ghgaMemory(ctx context.Context, s size) ([]figure, error) {
	dir, binary, err := built(ctx)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "sparse.fastq")
	if err := sparse(file, s.ghgaMemory); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server := exec.CommandContext(ctx, self, ghgaServerFlag, dir)
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	at, err := bufio.NewReader(stdout).ReadString('\n')
	client := exec.CommandContext(ctx, binary, "ghga", "upload", "--well-known", strings.TrimSpace(at),
		"--key", filepath.Join(dir, "user.sec"), "--work-package", filepath.Join(dir, "work-package"), "--journal", dir, file)
	if err == nil {
		var out []byte
		if out, err = client.CombinedOutput(); err != nil {
			err = fmt.Errorf("uploading %d GiB: %w\n%s", s.ghgaMemory>>30, err, out)
		}
	}
	if err := errors.Join(err, stdin.Close(), server.Wait()); err != nil {
		return nil, err
	}
	var figures []figure
	for _, side := range []struct {
		name string
		of   *os.ProcessState
		bar  float64
	}{{"client", client.ProcessState, 400}, {"server", server.ProcessState, 400}} {
		peak, ok := peakRSS(side.of)
		if !ok {
			continue // the system does not tell
		}
		figures = append(figures, figure{
			name: fmt.Sprintf("peak memory of GHGA's %s, a sparse file of %d GiB, parts of 64 MiB, 5 in flight", side.name, s.ghgaMemory>>30),
			ours: fmt.Sprintf("%.0f MiB", peak), measured: peak, bar: side.bar, atMost: true, unit: " MiB",
		})
	}
	return figures, nil
}

// sparse makes a file that takes no room.
func sparse(name string, size int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Close())
}

// serveGHGA is the other side of ghgaServerFlag.
func serveGHGA(dir string) error {
	d, err := deploy()
	if err != nil {
		return err
	}
	defer d.close()
	key, err := os.OpenFile(filepath.Join(dir, "user.sec"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(keys.WriteCrypt4GHX25519PrivateKey(key, d.access.Key.Private, nil), key.Close())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "work-package"), []byte(d.pasted+"\n"), 0o600)
	}
	if err != nil {
		return err
	}
	fmt.Println(d.access.WellKnown)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
