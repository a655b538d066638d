//go:build !race

// Chromium does the work here, in processes of its own: the race detector would only slow the page's making down.

package report

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// needChromium returns a browser. It skips a test without one, and fails it where RATEBENCH_REQUIRE names chromium.
func needChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if strings.Contains(os.Getenv("RATEBENCH_REQUIRE"), "chromium") {
		t.Fatal("chromium is required and not installed")
	}
	t.Skip("chromium is not installed")
	return ""
}

// browser is a page in headless Chromium, with what it complained of and asked the network for.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// startBrowser starts a browser that ends with the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := needChromium(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, _ = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // it waits for the browser to end
			t.Logf("ending the browser: %v", err)
		}
	})
	b := &browser{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, ev.Entry.Text)
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, ev.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			b.complaints = append(b.complaints, "console."+string(ev.Type))
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(ev.Request.URL, "data:") {
				b.requests = append(b.requests, ev.Request.URL)
			}
		}
	})
	b.do(network.Enable(), log.Enable(), runtime.Enable())
	return b
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval runs a script in the page and returns its value as text.
func (b *browser) eval(script string) string {
	b.t.Helper()
	var v any
	b.do(chromedp.Evaluate(script, &v))
	return fmt.Sprint(v)
}

// open loads a page from a file, and fails on anything but that one request.
func (b *browser) open(html string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "report.html")
	if err := os.WriteFile(path, []byte(html), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Navigate("file://" + path))
}

// quiet fails if the browser complained, or asked for more than pages.
func (b *browser) quiet(pages int) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser says: %s", c)
	}
	if len(b.requests) != pages {
		b.t.Errorf("%d requests for %d pages: %v", len(b.requests), pages, b.requests)
	}
}

// column lists a column of the table of results that is shown.
const column1 = `[...document.querySelectorAll("#results tbody tr")].filter(r => r.getClientRects().length).map(r => r.querySelector("th bdi").textContent).join("|")`

func TestPageInBrowser(t *testing.T) {
	b := startBrowser(t)
	r, _ := analysed(t, gridRun)
	a := Analyse(detailed(t, r))
	b.open(pageOf(t, a, HTMLOptions{}))

	// what the table is sorted by at first, and the shades of trouble that all strips share
	if got := b.eval(`[...document.querySelectorAll("#results [aria-sort]")].map(e => e.dataset.key + " " + e.getAttribute("aria-sort")).join()`); got != "size ascending" {
		t.Errorf("sorted by %s at first", got)
	}
	if got := b.eval(`[...document.querySelectorAll("#timeline .tl > use")].filter(e => e.getBoundingClientRect().width > 100 && e.getBoundingClientRect().height > 40).length > 8`); got != "true" {
		t.Error("the strips are not shaded")
	}

	// sorting, by mouse and by keyboard
	const order = `[...document.querySelectorAll("#results tbody tr")].map(r => r.cells[4].dataset.v ?? r.cells[4].firstChild.data).map(Number).filter(v => !isNaN(v))`
	const goodput = `#results th[data-key="goodput_mib_s"]`
	b.do(chromedp.Click(goodput+" button", chromedp.ByQuery))
	if got := b.eval(`document.querySelector('` + goodput + `').getAttribute("aria-sort")`); got != "descending" {
		t.Errorf("aria-sort = %s", got)
	}
	if got := b.eval(order + `.every((v, i, a) => !i || a[i-1] >= v)`); got != "true" {
		t.Errorf("not sorted: %s", b.eval(order+`.join()`))
	}
	b.do(chromedp.Focus(goodput+" button", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
	if got := b.eval(order + `.every((v, i, a) => !i || a[i-1] <= v)`); got != "true" {
		t.Errorf("Enter does not turn the order: %s", b.eval(order+`.join()`))
	}
	b.do(chromedp.Focus(`#results th[data-key="name"] button`, chromedp.ByQuery), chromedp.KeyEvent(" "))
	if got := b.eval(column1); !strings.HasPrefix(got, "exponential|exponential") {
		t.Errorf("the space bar does not sort by name: %s", got)
	}
	if got := b.eval(`document.querySelectorAll("#results [aria-sort]").length`); got != "1" {
		t.Errorf("%s columns are sorted by", got)
	}

	// filtering by name and by cell
	b.do(chromedp.SendKeys("#filter", "GHGA, minio", chromedp.ByQuery), chromedp.SetValue("#cell", "8MiB-c16", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("#cell").dispatchEvent(new Event("change"))`, nil))
	if got := b.eval(column1); got != "ghga-python|minio-go" {
		t.Errorf("filtered: %s", got)
	}
	if got := b.eval(`[...document.querySelectorAll("#timeline .strip")].filter(e => e.getClientRects().length).length`); got != "2" {
		t.Errorf("%s strips are shown", got)
	}
	if got := b.eval(`document.querySelector("#shown").textContent`); got != "2 of 72 rows" {
		t.Errorf("it says %q", got)
	}

	// differences to a baseline
	b.do(chromedp.Evaluate(`{const s = document.querySelector("#base"); s.selectedIndex = 2; s.dispatchEvent(new Event("change"))}`, nil))
	self := 0 // in some cells no trial of it counts
	for i := range a.Cells {
		self += len(rowsWith(&a.Cells[i], func(r *Row) bool { return r.Contestant == a.Baselines[1] && r.Trials > 0 }))
	}
	if got := b.eval(`[...document.querySelectorAll("[data-metric=goodput_mib_s] td")].filter(td => td.textContent === "baseline").length`); got != fmt.Sprint(self) {
		t.Errorf("%s cells are the baseline's, want %d", got, self)
	}

	// more columns
	b.do(chromedp.Click("#more", chromedp.ByQuery))
	if got := b.eval(`[...document.querySelectorAll("#results thead th")].filter(e => e.getClientRects().length).length > 30`); got != "true" {
		t.Error("the other columns do not come")
	}

	// values under the pointer: a scroll that comes late takes them away, so it is moved until they show
	for of, want := range map[string]string{".trade g use": "attempts per call", ".tl": "in flight"} {
		b.do(chromedp.Poll(`(() => {
			const e = [...document.querySelectorAll("`+of+`")].find(e => e.getClientRects().length), r = e.getBoundingClientRect(), tip = document.querySelector("#tip");
			e.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: r.x + r.width/2, clientY: r.y + r.height/2}));
			return !tip.hidden && tip.textContent.includes("`+want+`");
		})()`, nil, chromedp.WithPollingTimeout(10*time.Second)))
	}
	// so exactly that two places within a strip are two moments: its bins are 0.1 s
	if got := b.eval(`(() => {
		const e = [...document.querySelectorAll(".tl")].find(e => e.getClientRects().length), r = e.getBoundingClientRect(), seen = new Set();
		const end = Number(e.closest(".strips").dataset.end);
		for (let i = 0; i < 10; i++) {
			e.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: r.x + r.width * (1 - (1.5 - i * 0.1) / end), clientY: r.y + r.height/2}));
			seen.add(document.querySelector("#tip").textContent.split(" s")[0]);
		}
		return seen.size >= 6 ? "enough" : end + " s: " + [...seen].join();
	})()`); got != "enough" {
		t.Errorf("ten bins of a strip of %s", got)
	}
	b.quiet(1)
}

func TestPageFitsEveryWindow(t *testing.T) {
	b := startBrowser(t)
	pages := 0
	for name, k := range map[string]fake{"storm": storm, "grid": gridRun, "hostile": hostile, "failed": allFailed, "many": manyRun()} {
		r, _ := analysed(t, k)
		if name != "failed" {
			detailed(t, r)
		}
		html := pageOf(t, Analyse(r), HTMLOptions{})
		for _, width := range []int64{360, 1400} {
			b.do(chromedp.EmulateViewport(width, 800))
			b.open(html)
			pages++
			b.eval(`document.querySelectorAll("details").forEach(d => d.open = true)`)
			if got := b.eval(`document.scrollingElement.scrollWidth <= innerWidth`); got != "true" {
				t.Errorf("%s: %s pixels wide in %d; too wide: %s", name, b.eval(`document.scrollingElement.scrollWidth`), width,
					b.eval(`[...document.querySelectorAll("main *")].filter(e => !e.closest(".scroll, svg") && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className).slice(0, 8).join()`))
			}
		}
	}
	b.quiet(pages)
}

// contrast is the lowest contrast of text on the page's own background, of what is shown.
const contrast = `(() => {
	const lum = c => { const [r, g, b] = c.match(/[\d.]+/g).map(v => { v /= 255; return v <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4 }); return .2126*r + .7152*g + .0722*b };
	const bg = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (c !== "rgba(0, 0, 0, 0)") return c; } return "rgb(255, 255, 255)" };
	let least = 99, who = "";
	for (const e of document.querySelectorAll("main *")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length || ["title", "desc", "option"].includes(e.localName)) continue;
		const svg = e.closest("svg"), s = getComputedStyle(e);
		if (svg && e.closest(".bar")) continue; // on hatches, with a halo
		const a = lum(svg ? s.fill : s.color), b = lum(bg(e)), c = (Math.max(a, b) + .05)/(Math.min(a, b) + .05);
		if (c < least) { least = c; who = e.localName + "." + (e.getAttribute("class") || "") + " " + e.textContent.slice(0, 20) + " on " + bg(e); }
	}
	return least >= 4.5 ? "fine" : least.toFixed(2) + " " + who;
})()`

func TestPageInTheDarkAndInPrint(t *testing.T) {
	b := startBrowser(t)
	k := gridRun
	k.partSizes, k.concurrency = k.partSizes[:2], k.concurrency[:2]
	r, _ := analysed(t, k)
	html := pageOf(t, Analyse(detailed(t, r)), HTMLOptions{})
	look := func(media, scheme string) {
		b.do(emulation.SetEmulatedMedia().WithMedia(media).WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
	}
	b.open(html)
	for scheme, paper := range map[string]string{"light": "rgb(255, 255, 255)", "dark": "rgb(15, 19, 24)"} {
		look("screen", scheme)
		if got := b.eval(`getComputedStyle(document.body).backgroundColor`); got != paper {
			t.Errorf("%s: the paper is %s", scheme, got)
		}
		for _, base := range []string{"0", "1"} {
			b.eval(`{const s = document.querySelector("#base"); s.selectedIndex = ` + base + `; s.dispatchEvent(new Event("change"))}`)
			if got := b.eval(contrast); got != "fine" {
				t.Errorf("%s, choice %s: contrast %s", scheme, base, got)
			}
		}
	}
	look("print", "dark")
	if got := b.eval(`getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector("#controls")).display`); got != "rgb(255, 255, 255)none" {
		t.Errorf("in print: %s", got)
	}
	b.quiet(1)
}

func TestHostilePageInBrowser(t *testing.T) {
	b := startBrowser(t)
	k := hostile
	k.names = append([]string{"a, b (c,d)", `"><img src=x onerror=alert(1)>`, "=cmd|' /C calc'!A0", "</script><script>alert(2)</script>"}, k.names...)
	k.resolved = "x: </code><script>alert(3)</script>"
	alerts := 0
	chromedp.ListenTarget(b.ctx, func(ev any) {
		if _, ok := ev.(*cdppage.EventJavascriptDialogOpening); ok {
			alerts++
		}
	})
	r, _ := analysed(t, k)
	b.open(pageOf(t, Analyse(detailed(t, r)), HTMLOptions{}))
	got := b.eval(column1)
	for _, want := range k.names {
		if want != OracleName && !strings.Contains(got, clean(want)) {
			t.Errorf("%q is not shown as it is: %s", want, got)
		}
	}
	b.eval(`{const f = document.querySelector("#filter"); f.value = "no-such-name, a, b (c,d)"; f.dispatchEvent(new Event("input"))}`)
	if got := b.eval(column1); got != "a, b (c,d)" {
		t.Errorf("a name with commas is not found: %s", got)
	}
	b.eval(`document.querySelector("#filter").value = ""`)
	b.do(chromedp.SendKeys("#filter", "<script>", chromedp.ByQuery))
	if n := b.eval(`document.scripts.length + " " + document.images.length`); n != "1 0" || alerts > 0 {
		t.Errorf("scripts and images: %s; %d alerts", n, alerts)
	}
	b.quiet(1)
}
