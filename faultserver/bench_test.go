package faultserver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// What the fault server adds to a request with twenty rules of which none acts, ledger on disk included: where the last
// field of each does not match, and where each rolls its dice.
func BenchmarkDecide(b *testing.B) {
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, rule := range map[string]Rule{
		"mismatch": {Match: Match{Op: []string{ops.UploadPart}, Key: "obj*", Parts: []int{999}}},
		"dice":     {Match: Match{Op: []string{ops.UploadPart}, Key: "obj*"}, When: When{Probability: units.Share(1e-12)}},
	} {
		b.Run(name, func(b *testing.B) {
			var rules []Rule
			for i := range 20 {
				r := rule
				r.Name, r.Do = fmt.Sprint("rule-", i), faults.Of(&faults.Status{Code: 503})
				rules = append(rules, r)
			}
			f, err := os.CreateTemp(b.TempDir(), "ledger")
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			ledger := record.NewLedgerWriter(f)
			ctx, stop := context.WithCancel(context.Background())
			kept := make(chan error, 1)
			go func() { kept <- ledger.Keep(ctx, nil) }()
			s, err := New(Options{Rules: rules, Sink: ledger.Write})
			if err != nil {
				b.Fatal(err)
			}
			h, r, w := s.Handler(next, ops.S3), httptest.NewRequest("PUT", part("object", 1), nil), httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
			stop()
			if err := <-kept; err != nil {
				b.Fatal(err)
			}
		})
	}
}
