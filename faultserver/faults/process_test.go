package faults_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
)

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rules := one(&faults.Pause{For: seconds(5)})
		rules[0].When.From = seconds(10)
		_, put := inside(t, rules)
		for _, step := range []struct{ at, took float64 }{{0, 0}, {10, 5}, {15, 0}, {100, 0}} {
			start := time.Now()
			put()
			if took := time.Since(start); took != seconds(step.took).D() {
				t.Errorf("a request took %v, want %v s", took, step.took)
			}
			time.Sleep(10*time.Second - time.Since(start))
		}
	})
}

func TestDiskFull(t *testing.T) {
	fs, err := faultserver.New(faultserver.Options{Rules: one(&faults.DiskFull{After: 250})})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{200, 200, 507, 200, 507} {
		n := 100
		if i == 3 {
			n = 50
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("PUT", "/b/k", strings.NewReader(strings.Repeat("x", n)))
		fs.Handler(page, ops.S3).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("upload %d: %d, want %d", i, w.Code, want)
		}
	}
}
