package connector_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
)

// keepClean runs the UCS's clean-up job until the test ends.
func (d *deployment) keepClean() {
	ctx, cancel := context.WithCancel(context.Background())
	var job sync.WaitGroup
	job.Go(func() { d.platform.KeepClean(ctx) })
	d.t.Cleanup(func() {
		cancel()
		job.Wait()
	})
}

// Who comes back after the weekend finds the upload cleaned away, and begins it again.
func TestPlatformCleanedAwayMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, nil)
		d.keepClean()
		plain, journal := random(2*80*65536), new(connector.MemoryJournal)
		s := source("a", plain)
		s.Modified = time.Now().Add(-time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		stack := roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("partNumber") == "2" {
				cancel()
				return nil, context.Canceled
			}
			return d.wire.RoundTrip(r)
		})
		journaled := func(c *connector.Config) { c.Journal, c.InFlight = journal, 1 }
		if _, err := d.connector(connector.Fixed(), stack, journaled).Upload(ctx, s); !errors.Is(err, context.Canceled) {
			t.Fatalf("it was not interrupted: %v", err)
		}
		open, err := d.platform.Open(t.Context())
		if err != nil || len(open) != 1 {
			t.Fatalf("%d uploads are open, %v", len(open), err)
		}
		first := open[0]
		time.Sleep(73 * time.Hour)
		if state, _ := d.platform.State(first); state.State != "cancelled" {
			t.Errorf("after 73 h: %s", state.State)
		}
		d.noneOpen()
		up, err := d.connector(connector.Fixed(), d.wire, journaled).Upload(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if up.FileID == first {
			t.Error("it went on with what was cleaned away")
		}
		d.verify(up, plain)
		d.noneOpen()
	})
}

// An upload that is cleaned away under the Connector's hands has no future: as it is it begins again; mended it takes it for deleted, and says so.
func TestPlatformCleanedAwayUnderWay(t *testing.T) {
	for _, b := range []connector.Behaviour{connector.AsIs(), connector.Fixed()} {
		synctest.Test(t, func(t *testing.T) {
			d := deploy(t, func(c *ghga.PlatformConfig) { c.UploadTTL, c.CleanupInterval = 3*time.Second, time.Second })
			d.keepClean()
			waited := false
			stack := roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/parts/2") && !waited {
					waited = true
					time.Sleep(10 * time.Second)
				}
				return d.wire.RoundTrip(r)
			})
			plain := random(2 * 80 * 65536)
			up, err := d.connector(b, stack, func(c *connector.Config) { c.InFlight = 1 }).Upload(t.Context(), source("a", plain))
			if !b.Resume {
				if err != nil || up.Restarts != 1 {
					t.Fatalf("%d restarts, %v", up.Restarts, err)
				}
				d.verify(up, plain)
			} else if !errors.Is(err, connector.ErrCancelled) {
				t.Errorf("got %v", err)
			}
			d.noneOpen()
		})
	}
}

// understated makes parts larger than the UCS is told, by 2,240 bytes.
func (d *deployment) understated(creations *int) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/uploads") {
			*creations++
			var order map[string]any
			if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
				return nil, err
			}
			order["part_size"] = 5 << 20
			text, err := json.Marshal(order)
			if err != nil {
				return nil, err
			}
			r = r.Clone(r.Context())
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		}
		return d.wire.RoundTrip(r)
	})
}

// Parts that are larger than was declared end in a clear failure, and leave nothing. Who calls the other parts off may hear of the end before the reason.
func TestPlatformPartsTooLarge(t *testing.T) {
	for name, tt := range map[string]struct {
		b         connector.Behaviour
		inFlight  int
		creations int
	}{
		"as it is":           {connector.AsIs(), 1, 4}, // as with any part that fails
		"mended":             {connector.Fixed(), 1, 1},
		"as it is, in a row": {connector.AsIs(), 2, 4},
		"mended, in a row":   {connector.Fixed(), 2, 1},
	} {
		if raceEnabled && tt.creations > 1 { // more of the same
			continue
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deploy(t, func(c *ghga.PlatformConfig) { c.CheckPartSizes = true })
				creations := 0
				c := d.connector(tt.b, d.understated(&creations), func(c *connector.Config) { c.InFlight = tt.inFlight })
				_, err := c.Upload(t.Context(), source("a", random(4*80*65536)))
				e, ok := errors.AsType[*connector.APIError](err)
				if !ok || (tt.b.WaitForOthers || tt.inFlight == 1) && (e.Status != 400 || e.ID != "partSizeExceeded" || e.Detail == "") {
					t.Errorf("got %v", err)
				}
				if creations != tt.creations {
					t.Errorf("%d creations, want %d", creations, tt.creations)
				}
				d.noneOpen()
			})
		})
	}
}
