package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// none stands where there is no value.
const none = "–"

// num prints a number with three digits that count.
func num(f float64) string {
	a := math.Abs(f)
	switch {
	case f == math.Trunc(f) && a < 1e6:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case a >= 1e6:
		return strconv.FormatFloat(f, 'g', 3, 64)
	case a >= 99.95:
		return strconv.FormatFloat(f, 'f', 0, 64)
	case a >= 9.995:
		return strconv.FormatFloat(f, 'f', 1, 64)
	case a >= 0.9995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case a >= 0.0995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case a >= 0.00995:
		return strconv.FormatFloat(f, 'f', 3, 64)
	case a >= 1e-6: // down to the microseconds that the files have: 0.000123
		return strconv.FormatFloat(f, 'f', 2-int(math.Floor(math.Log10(a))), 64)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// percent prints a share.
func percent(f float64) string {
	if f < 0.0995 && f != 0 {
		return strconv.FormatFloat(f*100, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(f*100, 'f', 0, 64) + "%"
}

// clean makes text from outside safe to print: no control characters, which move the cursor or end the line, and no
// characters that turn the direction of the text around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// shorten cleans s and cuts it to a width in columns of a terminal.
func shorten(s string, width int) string { return runewidth.Truncate(clean(s), width, "…") }

// shortenName is shorten for names, whose ends tell them apart as often as their beginnings: it cuts in the middle.
func shortenName(s string, width int) string {
	s = clean(s)
	if runewidth.StringWidth(s) <= width || width < 5 {
		return runewidth.Truncate(s, width, "…")
	}
	tail := (width - 1) / 2
	head := runewidth.Truncate(s, width-1-tail, "")
	return head + "…" + strings.TrimLeft(runewidth.TruncateLeft(s, runewidth.StringWidth(s)-tail, ""), " ")
}

// pad fills s up with spaces to a width, on the left if right is set.
func pad(s string, width int, right bool) string {
	fill := strings.Repeat(" ", max(0, width-runewidth.StringWidth(s)))
	if right {
		return fill + s
	}
	return s + fill
}
