package main

import (
	"strings"
	"unicode"
)

// plainText makes of what a service or somebody else says what can be shown on a terminal: in one line, and without what a terminal would obey.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' {
			return '�'
		}
		return r
	}, s)
}
