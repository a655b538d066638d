//go:build !race

package report

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/ratebench/ratebench/internal/record"
)

// A page of a run that is going on takes what a newer one has, and the reader does not notice but for the numbers.
func TestLivePageInBrowser(t *testing.T) {
	b := startBrowser(t)
	k := gridRun
	k.repeats = 1
	r, _ := analysed(t, k)
	detailed(t, r)
	all := r.Trials
	r.Manifest.Outcome, r.Manifest.Trials = "running", len(all)
	var mu sync.Mutex
	served := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		served++
		r.Trials = all[:len(all)-3+min(served, 3)]
		if served >= 3 {
			r.Manifest.Outcome = "passed"
		}
		fmt.Fprint(w, pageOf(t, Analyse(r), HTMLOptions{Live: true}))
	}))
	defer s.Close()
	b.do(chromedp.Navigate(s.URL),
		chromedp.Click(`#results th[data-key="amplification"] button`, chromedp.ByQuery),
		chromedp.Click("#columns > summary", chromedp.ByQuery),
		chromedp.SendKeys("#filter", "o", chromedp.ByQuery))
	b.eval(`document.querySelector("#attempts").scrollIntoView()`)
	before := b.eval(`Math.round(document.querySelector("#attempts").getBoundingClientRect().top)`)
	b.do(chromedp.WaitVisible(`html[data-ended="true"]`, chromedp.ByQuery))
	for script, want := range map[string]string{
		`document.querySelector("#status").textContent`:                                                    fmt.Sprintf("passed: %d of %d trials", len(all), len(all)),
		`document.querySelector("#results [aria-sort]").dataset.key`:                                       "amplification",
		`document.querySelector("#filter").value`:                                                          "o",
		`document.querySelector("#columns").open`:                                                          "true",
		`document.activeElement.id`:                                                                        "filter",
		`Math.abs(document.querySelector("#attempts").getBoundingClientRect().top - (` + before + `)) < 3`: "true",
	} {
		if got := b.eval(script); got != want {
			t.Errorf("%s is %q, want %q", script, got, want)
		}
	}
	mu.Lock()
	before2 := served
	mu.Unlock()
	b.do(chromedp.Sleep(2500 * time.Millisecond)) // the browser's clock, which is real
	mu.Lock()
	defer mu.Unlock()
	if served != before2 || before2 != 3 {
		t.Errorf("asked %d times, and %d after the end", before2, served-before2)
	}
}

// Ranks change while a run goes on, and smaller cells come after larger ones: what the reader chose stays what it was.
func TestLiveChoicesInBrowser(t *testing.T) {
	b := startBrowser(t)
	early := []record.Trial{}
	at := func(size int64, name string, goodput float64) {
		early = append(early, trialOf(len(early)+1, name, 1, goodput, func(t *record.Trial) { t.PartSize = size << 20 }))
	}
	for _, size := range []int64{16, 64} {
		at(size, "a", 50)
		at(size, "b", 40)
	}
	late := len(early)
	for _, size := range []int64{5, 8} { // here b is so much better that it comes first overall
		at(size, "a", 1)
		at(size, "b", 80)
	}
	r := run(early[:late]...)
	r.Manifest.Outcome, r.Manifest.Trials = "running", len(early)
	var mu sync.Mutex
	served := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if served++; served > 1 {
			r.Trials, r.Manifest.Outcome = early, "passed"
		}
		fmt.Fprint(w, pageOf(t, Analyse(r), HTMLOptions{Live: true}))
	}))
	defer s.Close()
	b.do(chromedp.Navigate(s.URL), chromedp.SetValue("#cell", "64MiB-c4", chromedp.ByQuery))
	b.eval(`{const s = document.querySelector("#base"); s.value = "a"; for (const id of ["cell", "base"]) document.querySelector("#" + id).dispatchEvent(new Event("change"))}`)
	b.eval(`document.querySelector("#timeline-16MiB-c4").open = false`)
	b.do(chromedp.WaitVisible(`html[data-ended="true"]`, chromedp.ByQuery))
	for script, want := range map[string]string{
		`document.querySelector("#results tbody th bdi").textContent`:                                  "b",
		`document.querySelector("#base").selectedOptions[0].textContent`:                               "difference to a",
		`document.querySelector("#base").selectedIndex`:                                                "2",
		`document.querySelector("#cell").selectedOptions[0].textContent`:                               "64MiB parts, 4 in flight",
		`[...document.querySelectorAll("#timeline details.cell:not([hidden])")].map(d => d.id).join()`: "timeline-64MiB-c4",
		`document.querySelector("#timeline-16MiB-c4").open`:                                            "false",
		`[...document.querySelectorAll("[data-metric=goodput_mib_s] table")].map(t => t.querySelector("bdi").textContent + t.querySelector("[data-cell='64MiB-c4']").firstChild.data).sort().join()`: "abaseline,b−20%",
	} {
		if got := b.eval(script); got != want {
			t.Errorf("%s is %q, want %q", script, got, want)
		}
	}
}
