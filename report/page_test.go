package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/ratebench/ratebench/internal/record"
)

// detailed adds what the made-up runs have not: histograms, clients, a herd and a time budget, the same every time.
func detailed(t testing.TB, r *Run) *Run {
	t.Helper()
	for i := range r.Trials {
		row := &r.Trials[i]
		k := int64(1 + i%7)
		var response, busy []int64
		for j := range int64(200) {
			busy = append(busy, 20+j*k%90)
			response = append(response, 20+j*k%90+(j%10)*k*30)
		}
		herd := &record.Herd{FromS: 8, Bins: make([]int, 100)}
		for j := range herd.Bins {
			herd.Bins[j] = (j * int(k) % 13) / 9
		}
		herd.Bins[0] = 3 + int(k)
		r.Details[row.Trial] = &record.Detail{Trial: row.Trial, Response: encoded(t, response...), Busy: encoded(t, busy...), Service: encoded(t, busy...),
			Clients: []float64{10, 12, 12 + float64(k)}, Herd: herd}
		f, index, part := 1-float64(k)/50, 4+float64(k), float64(k)/10
		row.Fairness, row.HerdIndex = &f, &index
		row.SlotS, row.LimiterS, row.ConnectionS, row.SendingS, row.ServerS, row.BackoffS = &part, &part, &part, &index, &part, &f
	}
	return r
}

func pageOf(t testing.TB, a *Analysis, o HTMLOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, a, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	embedded = regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>`)
	hashes   = regexp.MustCompile(`sha256-[^ ]*?&#39;`)
)

func TestPageGolden(t *testing.T) {
	k := storm
	k.repeats, k.resolved = 2, "name: storm\nworkload:\n  kind: upload\n"
	r, _ := analysed(t, k)
	got := pageOf(t, Analyse(detailed(t, r)), HTMLOptions{})
	got = hashes.ReplaceAllString(embedded.ReplaceAllString(got, "<$1>…</$1>"), "sha256-…&#39;") // they stand in page/
	path := filepath.Join("testdata", "storm-report.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew)", path)
	}
}

// manyRun has more contestants than markers can tell apart.
func manyRun() fake {
	k := fake{partSizes: []int64{8}, concurrency: []int{4}, repeats: 1, windows: storm.windows}
	for i := range 30 {
		k.names = append(k.names, fmt.Sprintf("contestant-%02d", i))
	}
	return k
}

func TestPageIsSound(t *testing.T) {
	for name, k := range map[string]fake{"storm": storm, "grid": gridRun, "hostile": hostile, "failed": allFailed, "many": manyRun()} {
		if raceEnabled && (name == "grid" || name == "many") {
			continue
		}
		r, _ := analysed(t, k)
		if name != "failed" {
			detailed(t, r)
		}
		checkPage(t, name, pageOf(t, Analyse(r), HTMLOptions{}))
	}
	checkPage(t, "nothing", pageOf(t, Analyse(&Run{}), HTMLOptions{Live: true}))
}

// checkPage parses a page and checks what a browser does not complain of.
func checkPage(t *testing.T, name, page string) {
	t.Helper()
	page = embedded.ReplaceAllString(page, "<$1></$1>")
	for _, bad := range []string{"NaN", "Inf%", "ZgotmplZ", "%!", " style="} {
		if strings.Contains(page, bad) {
			i := strings.Index(page, bad)
			t.Errorf("%s: holds %q: %s", name, bad, page[max(0, i-100):min(len(page), i+60)])
		}
	}
	z := html.NewTokenizer(strings.NewReader(page))
	ids, refs := map[string]bool{}, map[string]bool{}
	level, open, images, titles := 0, []string{}, 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", name, z.Err())
			}
			for ref := range refs {
				if !ids[ref] {
					t.Errorf("%s: nothing has the id %q", name, ref)
				}
			}
			if images > titles {
				t.Errorf("%s: %d images have only %d titles", name, images, titles)
			}
			if len(open) > 0 {
				t.Errorf("%s: not closed: %v", name, open)
			}
			return
		case html.StartTagToken:
			tok := z.Token()
			if !voids[tok.Data] {
				open = append(open, tok.Data)
			}
			for _, a := range tok.Attr {
				switch {
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("%s: id %q comes twice", name, a.Val)
					}
					ids[a.Val] = true
				case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
					refs[a.Val[1:]] = true
				case a.Key == "aria-labelledby" || a.Key == "list":
					refs[a.Val] = true
				case a.Key == "role" && a.Val == "img":
					images++
				case strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s> has %s", name, tok.Data, a.Key)
				}
			}
			if tok.Data == "title" {
				titles++
			}
			if n := tok.Data; len(n) == 2 && n[0] == 'h' && n[1] >= '1' && n[1] <= '6' {
				if int(n[1]-'0') > level+1 {
					t.Errorf("%s: <%s> follows <h%d>", name, n, level)
				}
				level = int(n[1] - '0')
			}
		case html.SelfClosingTagToken:
			tok := z.Token()
			for _, a := range tok.Attr {
				if a.Key == "id" {
					ids[a.Val] = true
				}
				if a.Key == "href" && strings.HasPrefix(a.Val, "#") {
					refs[a.Val[1:]] = true
				}
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("%s: </%s> closes %v", name, tok.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

var voids = map[string]bool{"meta": true, "link": true, "input": true, "br": true}

func TestPageEscapes(t *testing.T) {
	k := hostile
	k.names = append([]string{`"><img src=x onerror=alert(1)>`, "=cmd|' /C calc'!A0", "{{.}} </script><script>alert(2)</script>"}, k.names...)
	k.resolved = "name: </code></pre><script>alert(3)</script>\n"
	r, _ := analysed(t, k)
	r.Manifest.Scenario = "<b>x</b>\u202e"
	page := pageOf(t, Analyse(detailed(t, r)), HTMLOptions{})
	for _, bad := range []string{"<img", "<script>alert", "<b>x", "\u202e", "\x1b"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)", "=cmd|&#39; /C calc&#39;!A0", "名前"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	checkPage(t, "hostile", page)
}

func TestPageIsSmallAndFast(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes two seconds to make up, and says nothing under the race detector")
	}
	names := []string{}
	for i := range 20 {
		names = append(names, fmt.Sprintf("contestant-%02d", i))
	}
	for name, k := range map[string]fake{
		"200 trials of 20 contestants in a grid, once each": {names: names, partSizes: []int64{5, 8}, concurrency: []int{1, 2, 4, 8, 16}, repeats: 1, windows: storm.windows},
		"200 trials with 100 windows of trouble":            {names: names, partSizes: []int64{5, 8}, concurrency: []int{1, 2, 4, 8, 16}, repeats: 1, windows: manyWindows()},
		"200 trials of 20 contestants, ten times each":      {names: names, partSizes: []int64{8}, concurrency: []int{4}, repeats: 10, windows: storm.windows},
	} {
		r, _ := analysed(t, k)
		if len(r.Trials) != 200 {
			t.Fatalf("%s: %d trials", name, len(r.Trials))
		}
		a := Analyse(detailed(t, r))
		start := time.Now()
		page := pageOf(t, a, HTMLOptions{})
		took := time.Since(start)
		t.Logf("%s: %d KiB in %v", name, len(page)>>10, took)
		if len(page) > 3_000_000 {
			t.Errorf("%s: the page has %d bytes", name, len(page))
		}
		if took > 20*time.Second { // some tenths where nothing else runs; what grows faster than the trials do takes minutes
			t.Errorf("%s: the page took %v", name, took)
		}
	}
}

// manyWindows are a hundred short windows, one after the other.
func manyWindows() (w []Window) {
	for i := range 100 {
		w = append(w, Window{Name: fmt.Sprintf("hiccup-%03d", i), FromS: float64(i) / 10, ToS: float64(i)/10 + 0.05})
	}
	return w
}

func BenchmarkHTML(b *testing.B) {
	r, _ := analysed(b, gridRun)
	a := Analyse(detailed(b, r))
	for b.Loop() {
		if err := HTML(io.Discard, a, HTMLOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLiveMarks(t *testing.T) {
	_, a := analysed(t, storm)
	for outcome, want := range map[string]string{record.OutcomeRunning: `data-live="true" data-ended="false"`, record.OutcomePassed: `data-live="true" data-ended="true"`} {
		a.Outcome = outcome
		page := pageOf(t, a, HTMLOptions{Live: true})
		if !strings.Contains(page, want) || !strings.Contains(page, `<main id="main"`) || !strings.Contains(page, outcome+": 18 of 18 trials") {
			t.Errorf("%s: %s", outcome, page[:400])
		}
		if strings.Contains(pageOf(t, a, HTMLOptions{}), "data-live=") {
			t.Error("a file says that it is live")
		}
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{"a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-x": "'-x", "@x": "'@x", "'x": "''x", "": "", "＝x": "'＝x"} {
		if got := guard(in); got != want {
			t.Errorf("guard(%q) = %q", in, got)
		}
	}
	k := storm
	k.names = []string{"=cmd|' /C calc'!A0", "oracle"}
	_, a := analysed(t, k)
	var b bytes.Buffer
	if err := CSV(&b, a); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\n'=cmd|") || strings.Contains(b.String(), "\n=") {
		t.Errorf("%s", b.String())
	}
}

// Trouble by a Markov chain has no windows, and the page says that this is why nothing is shaded.
func TestPageOfTroubleByChance(t *testing.T) {
	k := storm
	k.windows, k.resolved = nil, "faults:\n  - name: spells\n    when: {markov: {states: [{name: calm, dwell: 1s}, {name: bad, dwell: 1s, act: 100%}]}}\n"
	_, a := analysed(t, k)
	if page := pageOf(t, a, HTMLOptions{}); !strings.Contains(page, "a Markov chain begins and ends") {
		t.Error("the page does not say why there are no recoveries")
	}
	a.Resolved = "faults: [{name: x, when: {probability: 5%}}]"
	if page := pageOf(t, a, HTMLOptions{}); strings.Contains(page, "Markov") {
		t.Error("the page speaks of chains that there are none of")
	}
}
