package ghga

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// kept is a ruler whose platform's job runs until the test ends.
func kept(t *testing.T, change func(*PlatformConfig)) *ruler {
	t.Helper()
	r := deploy(t, change).ruler()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.p.KeepClean(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return r
}

func (r *ruler) wantState(id, want string) {
	r.t.Helper()
	if s, _ := r.p.State(id); s.State != want {
		r.t.Errorf("at %s: state %s, want %s", time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)), s.State, want)
	}
}

func (r *ruler) wantOpen(want int) {
	r.t.Helper()
	if open, err := r.p.Open(r.t.Context()); err != nil || len(open) != want {
		r.t.Errorf("%d uploads are open, want %d; %v", len(open), want, err)
	}
}

// An upload is cleaned away 72 hours after somebody asked for a part URL last, at the next full hour, and not before.
func TestCleanUpStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := kept(t, nil)
		file, id := r.begin(r.wp, "a", 10)
		_, quiet := r.begin(r.wp, "quiet", 10)
		r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
		time.Sleep(10*time.Hour + time.Minute)
		r.part(id, 2) // a sign of life
		time.Sleep(61*time.Hour + 58*time.Minute)
		synctest.Wait()
		r.wantState(quiet, initial)
		time.Sleep(time.Minute) // 72 h
		synctest.Wait()
		r.wantState(quiet, cancelled)
		r.wantState(id, initial)
		time.Sleep(10*time.Hour + 59*time.Minute)
		synctest.Wait()
		r.wantState(id, initial)
		r.wantOpen(1)
		time.Sleep(time.Minute) // 83 h
		synctest.Wait()
		r.wantState(id, cancelled)
		r.wantOpen(0)
		if resp := r.part(id, 2); resp.StatusCode != 404 {
			t.Errorf("part URL: %d", resp.StatusCode)
		}
		if resp := r.finish(id, finish(md5Of("12345"))); resp.StatusCode != 409 {
			t.Errorf("complete: %d", resp.StatusCode)
		}
		if resp := r.remove(id); resp.StatusCode != 204 {
			t.Errorf("delete: %d", resp.StatusCode)
		}
		r.begin(r.wp, "a", 10) // its alias is free
	})
}

// Orphans go in the next round, however young; so do the objects of failed files, and nothing else.
func TestCleanUpOrphans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := kept(t, func(c *PlatformConfig) { c.CleanupInterval = time.Minute })
		whole := r.whole("whole", "12345")
		file, broken := r.begin(r.wp, "broken", 5)
		r.bring(file, r.order(r.wp, forFile("upload", broken)), 1, "12345")
		if resp := r.finish(broken, finishWith("0-1")); resp.StatusCode != 400 {
			t.Fatalf("completing with another ETag: %d", resp.StatusCode)
		}
		if err := r.p.Store(t.Context(), "GHGAF1", "", strings.NewReader("x"), 1); err != nil {
			t.Fatal(err)
		}
		_, running := r.begin(r.wp, "a", 5)
		if resp := r.create("a", create("a", 5)); resp.StatusCode != 409 {
			t.Fatalf("creating twice: %d", resp.StatusCode)
		}
		has := func(key string) bool {
			_, ok := r.s3.Stat(bucket, key)
			return ok
		}
		key := func(id string) string {
			_, k, _ := r.ucs.Object(id)
			return k
		}
		r.wantOpen(2)
		if !has(key(broken)) {
			t.Error("the object of a failed file is gone at once")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		r.wantOpen(1)
		r.wantState(running, initial)
		r.wantState(broken, failed)
		if has(key(broken)) || !has(key(whole)) || !has(r.p.dcs.object("GHGAF1").key) {
			t.Errorf("there are: of a failed file %v, of a whole one %v, for download %v",
				has(key(broken)), has(key(whole)), has(r.p.dcs.object("GHGAF1").key))
		}
	})
}

// A creation that is under way looks like an orphan to the service, and so it does here.
func TestCleanUpMeetsACreation(t *testing.T) {
	var r *ruler
	r = deploy(t, func(c *PlatformConfig) {
		next := c.Transport
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(q)
			if q.Method == http.MethodPost && q.URL.Query().Has("uploads") {
				if err := r.p.CleanUp(q.Context()); err != nil {
					t.Error(err)
				}
			}
			return resp, err
		})
	}).ruler()
	_, id := r.begin(r.wp, "a", 5)
	r.wantState(id, initial)
	r.wantOpen(0)
	if resp := r.part(id, 1); resp.StatusCode != 404 {
		t.Errorf("part URL: %d", resp.StatusCode)
	}
}

// A round that S3 does not answer changes nothing; one in which S3 aborts nothing marks the file all the same, and the next finds what is left.
func TestCleanUpWithoutS3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, func(c *PlatformConfig) { c.UploadTTL = time.Second }).ruler()
		_, id := r.begin(r.wp, "a", 5)
		time.Sleep(time.Second)
		r.s3Down.Store(true)
		if err := r.p.CleanUp(t.Context()); err == nil {
			t.Error("no error though S3 is down")
		}
		r.wantState(id, initial)
		r.s3Down.Store(false)
		r.insteadOfS3 = func(q *http.Request) *http.Response {
			if q.Method != http.MethodDelete {
				return nil
			}
			return &http.Response{StatusCode: 400, Header: http.Header{}, Body: http.NoBody, Request: q}
		}
		if err := r.p.CleanUp(t.Context()); err == nil {
			t.Error("no error though S3 aborts nothing")
		}
		r.wantState(id, cancelled)
		r.wantOpen(1)
		r.insteadOfS3 = nil
		if err := r.p.CleanUp(t.Context()); err != nil {
			t.Error(err)
		}
		r.wantOpen(0)
	})
}

func TestCleanUpConfig(t *testing.T) {
	for what, change := range map[string]func(*PlatformConfig){
		"uploads live":                   func(c *PlatformConfig) { c.UploadTTL = -1 },
		"the interval of cleaning up is": func(c *PlatformConfig) { c.CleanupInterval = time.Microsecond },
	} {
		cfg := deploy(t, nil).cfg
		change(&cfg)
		if _, err := NewPlatform(cfg); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
