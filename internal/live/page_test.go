package live

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/internal/record"
)

// folder is a run that has begun.
func folder(t *testing.T) *record.Folder {
	t.Helper()
	f, err := record.Create(filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := f.WriteManifest(record.Manifest{Schema: 1, Scenario: "<b>storm", Trials: 3, Outcome: record.OutcomeRunning}); err != nil {
		t.Fatal(err)
	}
	return f
}

func addTrial(t *testing.T, f *record.Folder, n int) {
	t.Helper()
	err := f.AddTrial(record.Trial{Trial: n, Contestant: "mine", PartSize: 8 << 20, Concurrency: 4, Repeat: n, Status: record.TrialOK,
		GoodputMiBs: 10, Attempts: 12, Calls: 10, Amplification: 1.2, Objects: 1, Verified: true})
	if err != nil {
		t.Fatal(err)
	}
}

func get(h http.Handler, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Before the first trial has ended the page says so, and comes again by itself. The report follows when there is something in it,
// and is sent once.
func TestPageGrows(t *testing.T) {
	f := folder(t)
	synctest.Test(t, func(t *testing.T) {
		p := NewPage(f.Dir())
		w := get(p)
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, "No trial has ended yet") || !strings.Contains(body, `http-equiv="refresh"`) {
			t.Errorf("%d %s", w.Code, body)
		}
		if strings.Contains(body, "<b>storm") || !strings.Contains(body, "&lt;b&gt;storm") {
			t.Errorf("a name is not shown as text: %s", body)
		}
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%v", w.Header())
		}
		addTrial(t, f, 1)
		if w = get(p); !strings.Contains(w.Body.String(), "No trial has ended yet") {
			t.Error("drawn anew within two seconds")
		}
		time.Sleep(leastPause)
		w = get(p)
		if w.Code != 200 || strings.Contains(w.Body.String(), "No trial has ended yet") || strings.Contains(w.Body.String(), "<b>storm") {
			t.Errorf("%d %.300s", w.Code, w.Body)
		}
		tag := w.Header().Get("ETag")
		if w = get(p, "If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("nothing is new: %d, %d bytes", w.Code, w.Body.Len())
		}
	})
}

// Between trials the page is drawn only for somebody, and at the end at once.
func TestPageIsDrawnForSomebody(t *testing.T) {
	f := folder(t)
	synctest.Test(t, func(t *testing.T) {
		p := NewPage(f.Dir())
		p.Between()
		p.End()
		if p.shown.Load() != nil {
			t.Error("drawn for nobody")
		}
		get(p)
		addTrial(t, f, 1)
		time.Sleep(leastPause)
		p.Between()
		first := p.shown.Load()
		if strings.Contains(string(first.html), "No trial has ended yet") {
			t.Error("not drawn for somebody who looks")
		}
		addTrial(t, f, 2)
		time.Sleep(interest)
		p.Between()
		if p.shown.Load() != first {
			t.Error("drawn for somebody who has gone")
		}
		get(p)
		addTrial(t, f, 3)
		p.End()
		last := p.shown.Load()
		if last.stamp != stampOf(f.Dir()) || last == first {
			t.Error("the end is not drawn")
		}
	})
}

// The longer it takes to draw, the longer a page stays.
func TestPageRests(t *testing.T) {
	f := folder(t)
	synctest.Test(t, func(t *testing.T) {
		p := NewPage(f.Dir())
		get(p)
		d := *p.shown.Load()
		d.pause = time.Minute
		p.shown.Store(&d)
		addTrial(t, f, 1)
		time.Sleep(time.Minute - 1)
		if get(p); p.shown.Load() != &d {
			t.Error("drawn too early")
		}
		time.Sleep(time.Nanosecond)
		if get(p); p.shown.Load() == &d {
			t.Error("not drawn")
		}
	})
}

// Many ask at once, one draws.
func TestPageIsDrawnOnce(t *testing.T) {
	f := folder(t)
	addTrial(t, f, 1)
	p := NewPage(f.Dir())
	tags := make([]string, 20)
	var all sync.WaitGroup
	for i := range tags {
		all.Go(func() { tags[i] = get(p).Header().Get("ETag") })
	}
	all.Wait()
	only := p.shown.Load()
	for _, tag := range tags {
		if tag != only.tag {
			t.Errorf("somebody got %s, others %s", tag, only.tag)
		}
	}
}

// A folder that cannot be read is told, and tried again.
func TestPageOfDamage(t *testing.T) {
	f := folder(t)
	synctest.Test(t, func(t *testing.T) {
		p := NewPage(f.Dir())
		name := filepath.Join(f.Dir(), record.ManifestFile)
		good, err := os.ReadFile(name)
		if err := errors.Join(err, os.WriteFile(name, []byte("{"), 0o644)); err != nil {
			t.Fatal(err)
		}
		w := get(p)
		if w.Code != 500 || !strings.Contains(w.Body.String(), "manifest.json") || !strings.Contains(w.Body.String(), "refresh") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
		time.Sleep(leastPause)
		if w = get(p); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestWaitingForARunThatHasEnded(t *testing.T) {
	if s := string(waiting(&record.Manifest{Outcome: record.OutcomeFailed})); !strings.Contains(s, "nothing to show") {
		t.Error(s)
	}
}
