package ghga

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A file that is created and completed while the job makes its round keeps its object.
func TestCleanUpMeetsACompletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *ruler
		ended := make(chan struct{})
		r = deploy(t, func(c *PlatformConfig) {
			next := c.Transport
			c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
				switch {
				case q.Method == http.MethodPost && q.URL.Query().Has("uploads"):
					go func() {
						defer close(ended)
						if err := r.p.CleanUp(t.Context()); err != nil {
							t.Error(err)
						}
					}()
					time.Sleep(time.Second) // it finds nothing open yet
				case q.Method == http.MethodGet && q.URL.Query().Has("uploads"): // and learns so
					resp, err := next.RoundTrip(q)
					time.Sleep(time.Millisecond)
					return resp, err
				case q.Method == http.MethodDelete:
					time.Sleep(time.Minute) // until the file is complete
				}
				return next.RoundTrip(q)
			})
		}).ruler()
		id := r.whole("a", "12345")
		<-ended
		time.Sleep(2 * time.Minute)
		_, key, _ := r.ucs.Object(id)
		r.wantState(id, inbox)
		if _, ok := r.s3.Stat(bucket, key); !ok {
			t.Error("the object of a complete file is gone")
		}
	})
}

// An upload that somebody goes on with during the round is not stale any more.
func TestCleanUpMeetsASignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, func(c *PlatformConfig) { c.UploadTTL = time.Minute }).ruler()
		_, quiet := r.begin(r.wp, "quiet", 5)
		_, id := r.begin(r.wp, "a", 5)
		time.Sleep(time.Minute)
		r.insteadOfS3 = func(q *http.Request) *http.Response {
			if q.Method == http.MethodDelete {
				r.insteadOfS3 = nil
				time.Sleep(time.Millisecond)
				r.part(id, 1)
			}
			return nil
		}
		if err := r.p.CleanUp(t.Context()); err != nil {
			t.Error(err)
		}
		r.wantState(quiet, cancelled)
		r.wantState(id, initial)
		r.wantOpen(1)
	})
}

// A failed file's object goes even if its record was replaced before the round.
func TestCleanUpReplaced(t *testing.T) {
	r := deploy(t, nil).ruler()
	key := r.broken("a")
	r.begin(r.wp, "a", 5)
	if err := r.p.CleanUp(t.Context()); err != nil {
		t.Error(err)
	}
	if _, ok := r.s3.Stat(bucket, key); ok {
		t.Error("the object of a failed file stays when another upload has its alias")
	}
	r.wantOpen(1)
}

// S3 is not asked for ever about what is over, nor about what is complete.
func TestCleanUpForgets(t *testing.T) {
	r := deploy(t, nil).ruler()
	r.broken("a")
	r.whole("b", "12345")
	_, id := r.begin(r.wp, "c", 5)
	if resp := r.create("c", create("c", 5)); resp.StatusCode != 409 {
		t.Fatalf("creating twice: %d", resp.StatusCode)
	}
	asked := 0
	r.beforeS3 = func() { asked++ }
	var rounds []int
	for range 5 {
		asked = 0
		if err := r.p.CleanUp(t.Context()); err != nil {
			t.Error(err)
		}
		rounds = append(rounds, asked)
	}
	if n := len(rounds); rounds[n-1] != 1 {
		t.Errorf("%v requests in the rounds, want 1 at last, for the upload that is open", rounds)
	}
	r.beforeS3 = nil
	r.wantState(id, initial)
	r.wantOpen(1)
	if err := r.p.Clear(t.Context()); err != nil {
		t.Error(err)
	}
	r.wantOpen(0)
}

// broken uploads a file that fails when it is completed, and returns the key of its object.
func (r *ruler) broken(alias string) (key string) {
	r.t.Helper()
	file, id := r.begin(r.wp, alias, 5)
	r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
	if resp := r.finish(id, finishWith("0-1")); resp.StatusCode != 400 {
		r.t.Fatalf("completing with another ETag: %d", resp.StatusCode)
	}
	_, key, _ = r.ucs.Object(id)
	if _, ok := r.s3.Stat(bucket, key); !ok {
		r.t.Fatal("S3 has no object of a failed file")
	}
	return key
}
