package scenarios

import (
	"strings"
	"unicode/utf8"
)

const (
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	nameRest = letters + "_.-"
	asRest   = letters + "_.+=@/-"
	// maxName is the length of the longest name, in bytes.
	maxName    = 64
	wantedName = "write up to 64 letters, digits, _, . or -, the first a letter or digit"
	wantedAs   = "write up to 64 letters, digits or any of _.+=@/-, the first a letter or digit"
)

// ResultName reports whether a contestant may be called so in results.
func ResultName(s string) bool { return named(s, asRest) }

// plainName reports whether a name can stand in file names, CSV, dotted paths and messages as it is.
func plainName(s string) bool { return named(s, nameRest) }

func named(s, allowed string) bool {
	return s != "" && len(s) <= maxName && strings.Contains(letters, s[:1]) && strings.Trim(s, allowed) == "" && utf8.ValidString(s)
}

// clip shortens a text for a message.
func clip(s string) string {
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return s
}
