//go:build unix

package main

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// hideEcho has a terminal no longer show what is typed. Lines can be edited, and Ctrl-C is a signal.
func hideEcho(fd int) error {
	settings, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return err
	}
	settings.Lflag &^= unix.ECHO
	settings.Lflag |= unix.ICANON | unix.ISIG
	settings.Iflag |= unix.ICRNL
	return unix.IoctlSetTermios(fd, setTermios, settings)
}

// readHidden reads a line from a terminal that shows nothing. The end of input before anything was typed is io.EOF.
//
// Note: term.ReadPassword takes Ctrl-D for an answer that is still to come. One byte is read at a time, as what follows the line is for whoever asks next.
func readHidden(f *os.File) (line []byte, err error) {
	var b [1]byte
	for {
		n, err := f.Read(b[:])
		switch {
		case n > 0 && b[0] == '\n':
			return line, nil
		case n > 0:
			line = append(line, b[0])
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		case err != nil:
			return nil, err
		}
	}
}
