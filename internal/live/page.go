package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/report"
)

// Every is how often a page that is open in a browser asks for a newer one.
const Every = 2 * time.Second

const (
	// leastPause is how long a page stays as it is at least.
	leastPause = 2 * time.Second
	// idleShare: after it was drawn, a page rests for so many times as long as that took, so that no more than a tenth of a processor
	// goes into drawing.
	idleShare = 9
	// interest is how long somebody who has asked counts as looking.
	interest = 10 * time.Second
)

// Page is the report of a folder as it is at the moment. It is a handler of one path, and safe for concurrent use.
type Page struct {
	dir     string
	drawing sync.Mutex // one draws, the others show what there is
	shown   atomic.Pointer[drawn]
	asked   atomic.Int64 // when somebody did last, in nanoseconds since 1970; 0: never
}

// drawn is a page as it was drawn.
type drawn struct {
	html   []byte
	tag    string
	status int
	stamp  string        // of the files that it was drawn from
	at     time.Time     // when that was done
	pause  time.Duration // until it may be done again
}

// NewPage is the page of a results folder, which must be there.
func NewPage(dir string) *Page { return &Page{dir: dir} }

// policy is all that the page needs: its own styles and script, and the way back here.
const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; font-src data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ServeHTTP answers with the page. Whoever has it already, by its ETag, is told so.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Store(time.Now().UnixNano())
	d := p.draw(false)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache") // kept, and asked for each time
	if d.status != http.StatusOK {
		w.WriteHeader(d.status)
		_, _ = w.Write(d.html) // an error here means that the browser has gone
		return
	}
	h.Set("ETag", d.tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.html))
}

// Between draws the page anew if somebody is looking. To be called between two trials, when it disturbs neither.
func (p *Page) Between() {
	if asked := p.asked.Load(); asked > 0 && time.Since(time.Unix(0, asked)) < interest {
		p.draw(false)
	}
}

// End draws the page of a run that has ended, if somebody has ever looked.
func (p *Page) End() {
	if p.asked.Load() > 0 {
		p.draw(true)
	}
}

// draw returns the page, drawn anew if the files have changed and it is time; in any case if now says so.
func (p *Page) draw(now bool) *drawn {
	if old := p.shown.Load(); old == nil || now {
		p.drawing.Lock() // there is nothing to show meanwhile, or it has to be the newest
	} else if !p.drawing.TryLock() {
		return old
	}
	defer p.drawing.Unlock()
	old := p.shown.Load()
	if old != nil && !now && time.Since(old.at) < old.pause {
		return old
	}
	stamp := stampOf(p.dir)
	if old != nil && old.stamp == stamp && old.status == http.StatusOK {
		return old
	}
	began := time.Now()
	d := &drawn{stamp: stamp, status: http.StatusOK}
	var err error
	if d.html, err = render(p.dir); err != nil {
		d.html, d.status = failure(err), http.StatusInternalServerError
	}
	sum := sha256.Sum256(d.html)
	d.tag = `"` + hex.EncodeToString(sum[:16]) + `"`
	d.at = time.Now()
	d.pause = max(leastPause, idleShare*d.at.Sub(began))
	p.shown.Store(d)
	return d
}

// stampOf changes whenever there is something new to show. A trial's row in trials.csv is the last of its rows.
func stampOf(dir string) string {
	stamp := ""
	for _, name := range []string{record.ManifestFile, record.TrialsFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			stamp += fmt.Sprintf("%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp
}

// render draws a folder's page.
func render(dir string) ([]byte, error) {
	run, err := report.Read(dir)
	if err != nil {
		return nil, err
	}
	a := report.Analyse(run)
	if a.Trials == 0 {
		return waiting(&run.Manifest), nil
	}
	var b bytes.Buffer
	if err := report.HTML(&b, a, report.HTMLOptions{Live: true}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
