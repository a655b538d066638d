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

// plainLines does so with a text that may have several lines, and tabs in them. The lines may end as on Windows.
func plainLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		pieces := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
		for j := range pieces {
			pieces[j] = plainText(pieces[j])
		}
		lines[i] = strings.Join(pieces, "\t")
	}
	return strings.Join(lines, "\n")
}
