package ghga

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestPartURLLimit: each file has a bucket of its own, full at first.
func TestPartURLLimit(t *testing.T) {
	for factor, hint := range map[float64]string{0: "2", 1: "2", 1e6: "1500000", 0.1: "1"} {
		synctest.Test(t, func(t *testing.T) {
			d := deploy(t, func(c *PlatformConfig) {
				c.PartURLInterval, c.PartURLBuildup, c.RetryAfterFactor, c.IgnoreExpiry = 1500*time.Millisecond, 3, factor, true
			})
			wp := d.upload()
			type upload struct{ path, token string }
			var files []upload
			for i := range 2 {
				file, id := d.begin(wp, fmt.Sprint("f", i), 5)
				files = append(files, upload{file + "/parts/1", d.order(wp, forFile("upload", id))})
			}
			take := func(want string) {
				t.Helper()
				for _, f := range files {
					got := ""
					for range len(want) {
						resp := d.ask("GET", f.path, f.token, "")
						switch {
						case resp.StatusCode == 200:
							got += "y"
						case resp.StatusCode == 429 && resp.Header.Get("Retry-After") == hint:
							got += "n"
						default:
							t.Errorf("%d with Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
						}
					}
					if got != want {
						t.Errorf("got %s, want %s", got, want)
					}
				}
			}
			take("yyynn")
			time.Sleep(1499 * time.Millisecond)
			take("n")
			time.Sleep(time.Millisecond)
			take("yn")
			time.Sleep(4 * time.Second) // two intervals, and a bit of the third
			take("yyn")
			time.Sleep(500 * time.Millisecond)
			take("yn")
			time.Sleep(time.Hour)
			take("yyyn")
		})
	}
}

// The bucket is the same as one that a clock fills once in each interval while it is not full.
func TestURLBucketModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const interval = 10
		buildup := rapid.IntRange(1, 5).Draw(t, "buildup")
		var b urlBucket
		start := time.Unix(0, 0)
		left, next := buildup, 0 // next: when the model gets one more; of no meaning while it is full
		now := 0
		for range rapid.IntRange(1, 50).Draw(t, "requests") {
			now += rapid.IntRange(0, 35).Draw(t, "wait")
			for left < buildup && next <= now {
				left++
				next += interval
			}
			want := left > 0
			if want {
				if left == buildup {
					next = now + interval
				}
				left--
			}
			if got := b.take(start.Add(time.Duration(now)), interval, buildup); got != want {
				t.Fatalf("at %d: %v, want %v", now, got, want)
			}
		}
	})
}

// TestVersionRace: of two completions of one box that overlap, the second fails after it has been carried out.
func TestVersionRace(t *testing.T) {
	for _, race := range []bool{false, true} {
		r := deploy(t, func(c *PlatformConfig) { c.VersionRace = race }).ruler()
		var bodies, ids []string
		for _, alias := range []string{"a", "b"} {
			file, id := r.begin(r.wp, alias, 5)
			bodies = append(bodies, finish(r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")))
			ids = append(ids, id)
		}
		r.beforeS3 = func() { // while the first is at S3, the second is carried out
			r.beforeS3 = nil
			if resp := r.finish(ids[1], bodies[1]); resp.StatusCode != 204 {
				t.Errorf("the second: %d", resp.StatusCode)
			}
		}
		resp := r.finish(ids[0], bodies[0])
		text := bodyOf(t, resp)
		want := 204
		if race {
			want = 500
		}
		if resp.StatusCode != want || race && !strings.Contains(text, `"internalError"`) {
			t.Errorf("race %v: %d %s", race, resp.StatusCode, text)
		}
		if s, _ := r.p.State(ids[0]); s.State != inbox {
			t.Errorf("race %v: state %s", race, s.State)
		}
		if resp := r.finish(ids[0], bodies[0]); resp.StatusCode != 204 {
			t.Errorf("race %v: once more: %d", race, resp.StatusCode)
		}
	}
}

// TestActivity: an upload is alive from its creation on, at every part URL, and not any more when it is over.
func TestActivity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := deploy(t, nil).ruler()
		file, id := r.begin(r.wp, "a", 5)
		f := r.ucs.files[uuid.MustParse(id)]
		if !f.activity.Equal(time.Now()) {
			t.Error("the creation is no activity")
		}
		time.Sleep(time.Minute)
		sum := r.bring(file, r.order(r.wp, forFile("upload", id)), 1, "12345")
		if !f.activity.Equal(time.Now()) {
			t.Error("a part URL is no activity")
		}
		if resp := r.finish(id, finish(sum)); resp.StatusCode != 204 || !f.activity.IsZero() {
			t.Errorf("completed with %d, active at %v", resp.StatusCode, f.activity)
		}
	})
}
