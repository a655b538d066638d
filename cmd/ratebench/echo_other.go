//go:build !unix

package main

import (
	"os"

	"golang.org/x/term"
)

// hideEcho does nothing: the consoles of these systems show what is typed only while somebody reads it.
func hideEcho(int) error { return nil }

// readHidden reads a line from a terminal without showing it.
func readHidden(f *os.File) ([]byte, error) { return term.ReadPassword(int(f.Fd())) }
