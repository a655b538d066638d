package gateway_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/scenarios"
)

// A scenario's switches reach the control plane.
func TestGHGASwitches(t *testing.T) {
	s, err := scenarios.Parse("x", []byte(`
version: 1
name: x
workload: {kind: ghga, object_size: 1MiB, part_size: 5MiB, concurrency: 1}
ghga: {check_part_sizes: true, upload_ttl: 2s, cleanup_interval: 1s, correlation_ids: required}
contestants: [connector-fixed]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := gateway.PlatformConfig(s.GHGA)
	if !c.CheckPartSizes || !c.RequireCorrelationID || c.UploadTTL.Seconds() != 2 || c.CleanupInterval.Seconds() != 1 {
		t.Errorf("%+v", c)
	}
	if c := gateway.PlatformConfig(scenarios.GHGA{CorrelationIDs: scenarios.CorrelationGenerated}); c.RequireCorrelationID {
		t.Error("correlation ids are required though they are generated")
	}
}

// What is served is cleaned up: an upload that nobody goes on with is gone from S3 while the server is there.
func TestGHGACleansUp(t *testing.T) {
	store, err := gateway.Embedded(t.TempDir(), "", gateway.Keys{Access: "access", Secret: "secret-secret"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	var platform *ghga.Platform
	var access connector.Access
	cfg := ghga.PlatformConfig{UploadTTL: time.Millisecond, CleanupInterval: time.Millisecond}
	b, err := gateway.GHGA(store, "inbox", cfg, func(_ context.Context, at *url.URL, p *ghga.Platform) error {
		platform = p
		wp, err := p.NewUploadPackage(public)
		access = connector.Access{
			WellKnown: at.JoinPath(".well-known"), WorkPackage: wp.ID, Token: wp.Token, Key: connector.KeyPair{Public: public, Private: private},
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.Open(t.Context(), gateway.Config{Backend: b, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	wire := http.DefaultTransport.(*http.Transport).Clone()
	defer wire.CloseIdleConnections()
	// The Connector is held up before its first part until the job has come by.
	hold := holding{wire, func() {
		for {
			open, err := platform.Open(t.Context())
			if err != nil {
				t.Error(err)
			}
			if err != nil || len(open) == 0 {
				return
			}
			select {
			case <-t.Context().Done():
				return
			case <-time.After(time.Millisecond): // the job's clock is real, as the connections are
			}
		}
	}}
	behaviour := connector.Behaviour{}
	c, err := connector.New(connector.Config{Access: access, Stack: hold, PartSize: 5 << 20, Behaviour: &behaviour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Upload(t.Context(), connector.Source{Alias: "a", Size: 5, Content: bytes.NewReader([]byte("12345"))}); err == nil {
		t.Error("a file was uploaded that was cleaned away")
	}
	if err := g.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// holding does something before each part is put.
type holding struct {
	next   http.RoundTripper
	before func()
}

func (h holding) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPut {
		h.before()
	}
	return h.next.RoundTrip(r)
}
