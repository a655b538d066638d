//go:build !race

package report

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// On a phone the moment of recovery is within the window, shaded times have their names, and a table that is cut shades its side.
func TestPageOnAPhone(t *testing.T) {
	b := startBrowser(t)
	r, _ := analysed(t, storm)
	b.do(chromedp.EmulateViewport(390, 800))
	b.open(pageOf(t, Analyse(r), HTMLOptions{}))
	for what, script := range map[string]string{
		"a T90 runs out of the window":      `[...document.querySelectorAll("text.back")].filter(e => e.getBoundingClientRect().right > innerWidth).length === 0 && document.querySelectorAll("text.back").length > 0`,
		"the shaded times have no names":    `[...document.querySelectorAll(".narrow")].some(e => e.getClientRects().length && e.textContent.includes("storm, throttle-all (4–8 s)"))`,
		"a table that is cut has no shadow": `[...document.querySelectorAll(".scroll")].every(e => getComputedStyle(e).backgroundImage.includes("gradient"))`,
		"a caption is cut":                  `[...document.querySelectorAll("#results caption")].every(e => e.getBoundingClientRect().right <= innerWidth)`,
	} {
		if got := b.eval(script); got != "true" {
			t.Errorf("%s: %s", what, got)
		}
	}
	b.quiet(1)
}
