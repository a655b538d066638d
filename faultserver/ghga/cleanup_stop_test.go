package ghga

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The job is told to end while S3 takes its time over an abort: the round goes on to its end, or a file would be cancelled whose upload stays open. It
// does not wait for ever.
func TestKeepCleanEndsItsRound(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration // an abort
		waits time.Duration // the job's end
		open  int
	}{"slow": {10 * time.Second, 9 * time.Second, 0}, "hanging": {time.Hour, patience - time.Second, 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := deploy(t, func(c *PlatformConfig) { c.UploadTTL, c.CleanupInterval = time.Minute, time.Hour }).ruler()
				_, id := r.begin(r.wp, "a", 5)
				r.insteadOfS3 = func(q *http.Request) *http.Response {
					if q.Method == http.MethodDelete {
						select {
						case <-time.After(c.takes):
						case <-q.Context().Done():
							return &http.Response{StatusCode: 400, Header: http.Header{}, Body: http.NoBody, Request: q}
						}
					}
					return nil
				}
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					r.p.KeepClean(ctx)
				}()
				time.Sleep(time.Hour + time.Second)
				began := time.Now()
				cancel()
				<-ended
				if took := time.Since(began); took != c.waits {
					t.Errorf("the job took %s to end, want %s", took, c.waits)
				}
				r.wantState(id, cancelled)
				r.wantOpen(c.open)
			})
		})
	}
}
