//go:build !race

package report

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The papers that people print on: inches, and how many CSS pixels there are between the margins.
var papers = map[string]struct {
	width, height float64
	between       int64
}{"A4": {8.27, 11.69, 687}, "Letter": {8.5, 11, 710}}

// printed is the page on paper.
func (b *browser) printed(paper string) (pdf []byte, pages int) {
	b.t.Helper()
	p := papers[paper]
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = cdppage.PrintToPDF().WithPrintBackground(true).WithPaperWidth(p.width).WithPaperHeight(p.height).
			WithPreferCSSPageSize(true).WithGenerateTaggedPDF(true).WithGenerateDocumentOutline(true).Do(ctx)
		return err
	}))
	return pdf, len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
}

// cutOff lists what would be wider than the paper, or lie in a box that cuts it off and cannot be scrolled on paper.
const cutOff = `[...document.querySelectorAll("main *")].filter(e => !e.closest("svg, [hidden]") && e.getClientRects().length &&
	(e.getBoundingClientRect().right > innerWidth + 1 || e.matches("th, td, .who, .total") && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== "visible"))
	.map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 30)).slice(0, 6).join("; ")`

// The page goes to paper whole: as many pages as it takes and no more, nothing cut off at the right, all of its sections in their order.
func TestPageOnPaper(t *testing.T) {
	b := startBrowser(t)
	grid := gridRun
	grid.partSizes, grid.concurrency = grid.partSizes[:2], grid.concurrency[:1]
	for _, c := range []struct {
		name        string
		k           fake
		papers      []string
		planes      bool
		least, most int // pages: with the fonts of one machine it takes 10 and 15, with others some more or less
	}{{"one cell", storm, []string{"A4", "Letter"}, true, 4, 24}, {"grid", grid, []string{"A4"}, false, 5, 36}} {
		r, _ := analysed(t, c.k)
		detailed(t, r)
		if c.planes {
			withPlanes(r)
		}
		html := pageOf(t, Analyse(r), HTMLOptions{})
		var last []byte
		for _, paper := range c.papers {
			b.do(chromedp.EmulateViewport(papers[paper].between, 900))
			b.open(html)
			b.eval(`document.querySelector("#more")?.click()`) // its columns stay on the screen
			b.do(emulation.SetEmulatedMedia().WithMedia("print"))
			if got := b.eval(cutOff); got != "" {
				t.Errorf("%s on %s: cut off: %s", c.name, paper, got)
			}
			b.do(emulation.SetEmulatedMedia().WithMedia(""))
			pdf, pages := b.printed(paper)
			if pages < c.least || pages > c.most {
				t.Errorf("%s on %s: %d pages, want %d to %d", c.name, paper, pages, c.least, c.most)
			}
			t.Logf("%s on %s: %d pages", c.name, paper, pages)
			last = pdf
		}
		// the outline has the headings, in plain text and in their order
		at := -1
		for _, heading := range strings.Split(b.eval(`[...document.querySelectorAll("main h2")].map(e => e.textContent).join("\n")`), "\n") {
			i := bytes.Index(last, fmt.Appendf(nil, "/Title (%s)", heading))
			if i <= at {
				t.Errorf("%s: the outline does not have %q in its place", c.name, heading)
			}
			at = max(at, i)
		}
	}
}
