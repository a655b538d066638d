package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The numbers in the bars of attempts can be read on paper, on a bright screen and on a dark one: 4.5 to 1, as WCAG asks of small text.
func TestNumbersInBarsCanBeRead(t *testing.T) {
	css := pageFile("page.css")
	fills := map[string]string{} // of text, by what it stands on
	for _, m := range regexp.MustCompile(`svg \.on-(a\d)(?:,svg \.on-(a\d))?\{fill:var\((--[a-z0-9-]+)\)`).FindAllStringSubmatch(css, -1) {
		for _, part := range m[1:3] {
			fills[part] = m[3]
		}
	}
	blocks := regexp.MustCompile(`:root\{([^}]*)\}`).FindAllStringSubmatch(css, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d sets of colours", len(blocks))
	}
	defaults := variables(blocks[0][1])
	for i, theme := range []string{"light", "dark", "print"} {
		colours := variables(blocks[i][1])
		for _, part := range []string{"a0", "a1", "a2", "a3", "a4"} {
			on, ink := colours["--"+part], colours[fills[part]]
			if ink == "" {
				ink = defaults[fills[part]]
			}
			if on == "" || ink == "" {
				t.Errorf("%s: %s has no colour, or no text on it", theme, part)
				continue
			}
			if r := contrastOf(t, on, ink); r < 4.5 {
				t.Errorf("%s: text on %s has a contrast of %.2f", theme, part, r)
			}
		}
	}
}

// variables are the custom properties in a block of CSS.
func variables(block string) map[string]string {
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):(#[0-9a-f]+)`).FindAllStringSubmatch(block, -1) {
		all[m[1]] = m[2]
	}
	return all
}

// contrastOf is the contrast of two colours as WCAG computes it.
func contrastOf(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(colour string) float64 {
		hex := strings.TrimPrefix(colour, "#")
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			x := float64(v) / 255
			if x <= 0.04045 {
				x /= 12.92
			} else {
				x = math.Pow((x+0.055)/1.055, 2.4)
			}
			sum += weight * x
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
