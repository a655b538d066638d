package faultserver

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// What the fault server adds to a request that no rule stops.
func BenchmarkHandler(b *testing.B) {
	s, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	r := httptest.NewRequest("PUT", part("object", 1), nil)
	w := httptest.NewRecorder()
	for name, h := range map[string]http.Handler{"with": s.Handler(next, ops.S3), "without": next} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
