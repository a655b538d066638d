package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSecret bounds files with keys, passphrases and tokens, in bytes.
const maxSecret = 64 << 10

// readSecret reads a small file; name says what it is to hold. A path that looks like a secret itself is not repeated.
func readSecret(path, name string) ([]byte, error) {
	shown := path
	if looksSecret(path, name) {
		shown = "what was given"
	}
	info, err := os.Stat(path)
	switch {
	case err != nil && shown != path:
		return nil, usagef("%s takes the name of a file that holds it, and there is no file of this name; it is not repeated here, in case it is the secret itself", name)
	case err != nil:
		return nil, usagef("%s: %w", name, err)
	case info.IsDir():
		return nil, usagef("%s: %s is a folder: name the file", name, shown)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("%s: %s cannot be read: %w", name, shown, cause(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %s cannot be read: %w", name, shown, cause(err))
	}
	return bounded(b, name, shown)
}

// readSecretFrom reads it from standard input.
func readSecretFrom(in io.Reader, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return nil, fmt.Errorf("%s: reading standard input: %w", name, err)
	}
	return bounded(b, name, "standard input")
}

func bounded(b []byte, name, from string) ([]byte, error) {
	if len(b) > maxSecret {
		return nil, usagef("%s: %s is too large to be one", name, from)
	}
	return b, nil
}

// cause is an error without the path in it.
func cause(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

// looksSecret tells what was put where the name of a file belongs: a token with its colon, the lines of a key, or any passphrase.
func looksSecret(path, name string) bool {
	return name == "--passphrase-file" || strings.ContainsAny(path, "\n\r") || strings.Contains(path, "-----BEGIN") ||
		len(path) > 60 && strings.Contains(path, ":") || len(path) > 255
}
