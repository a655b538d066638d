package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/units"
)

// endpoint is an S3 that several gateways may share, and a client of it.
func endpoint(t *testing.T, buckets ...string) (store func() *gateway.Backend, client *minio.Client) {
	t.Helper()
	srv, err := s3.New(s3.Config{AccessKey: "theirs", SecretKey: "their-secret", Buckets: buckets, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(srv)
	t.Cleanup(func() {
		server.Close()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if client, err = minio.New(at.Host, &minio.Options{Creds: credentials.NewStaticV4("theirs", "their-secret", ""), Region: "us-east-1"}); err != nil {
		t.Fatal(err)
	}
	return func() *gateway.Backend {
		b, err := gateway.Endpoint(at, "", gateway.Keys{Access: "theirs", Secret: "their-secret"}, gateway.Keys{Access: "access", Secret: "secret-secret"})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}, client
}

// used puts GHGA up with a file that is stored.
func used(t *testing.T, store *gateway.Backend, bucket string) *gateway.Gateway {
	t.Helper()
	b, err := gateway.GHGA(store, bucket, ghga.PlatformConfig{}, func(ctx context.Context, _ *url.URL, p *ghga.Platform) error {
		return p.Store(ctx, ghgaAccession, "", strings.NewReader("plain"), 5)
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.Open(t.Context(), gateway.Config{Backend: b, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func names(t *testing.T, client *minio.Client) (list []string) {
	t.Helper()
	buckets, err := client.ListBuckets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range buckets {
		for o := range client.ListObjects(t.Context(), b.Name, minio.ListObjectsOptions{Recursive: true}) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			list = append(list, b.Name+"/"+o.Key)
		}
	}
	return list
}

// Two deployments at one S3 do not know of each other, and a bucket that was there keeps what was in it, and no more.
func TestGHGASharesAnEndpoint(t *testing.T) {
	store, client := endpoint(t, "inbox")
	if _, err := client.PutObject(t.Context(), "inbox", "mine", strings.NewReader("x"), 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	before, own, other, there := names(t, client), used(t, store(), ""), used(t, store(), ""), used(t, store(), "inbox")
	end := func(g *gateway.Gateway) {
		t.Helper()
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if n := len(names(t, client)); n != 4 {
		t.Errorf("%d objects of three deployments and one that was there", n)
	}
	end(own)
	if n := len(names(t, client)); n != 3 {
		t.Errorf("%d objects after one of them ended", n)
	}
	end(there)
	end(other)
	if after := names(t, client); !slices.Equal(after, before) {
		t.Errorf("%v are left, there were %v", after, before)
	}
	if buckets, err := client.ListBuckets(t.Context()); err != nil || len(buckets) != 1 {
		t.Errorf("%d buckets are left; %v", len(buckets), err)
	}
}

func TestGHGARefusesItsOwnPaths(t *testing.T) {
	for _, bucket := range []string{"ucs", "wps", "dcs"} {
		if _, err := gateway.GHGA(gateway.Echo(), bucket, ghga.PlatformConfig{}, nil); err == nil {
			t.Errorf("a bucket called %s was taken", bucket)
		}
	}
}

// An end that comes while everything is being prepared is heard, and what was prepared is taken away.
func TestOpenCanBeStopped(t *testing.T) {
	store, client := endpoint(t)
	ctx, cancel := context.WithCancel(t.Context())
	b, err := gateway.GHGA(store(), "", ghga.PlatformConfig{}, func(ctx context.Context, _ *url.URL, p *ghga.Platform) error {
		if err := p.Store(ctx, ghgaAccession, "", strings.NewReader("plain"), 5); err != nil {
			return err
		}
		cancel()
		return p.Store(ctx, ghgaAccession, "", strings.NewReader("plain"), 5)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gateway.Open(ctx, gateway.Config{Backend: b, Listen: "127.0.0.1:0"}); !errors.Is(err, context.Canceled) {
		t.Errorf("it opened: %v", err)
	}
	if buckets, err := client.ListBuckets(t.Context()); err != nil || len(buckets) != 0 {
		t.Errorf("%d buckets are left; %v", len(buckets), err)
	}
}

// The same seed brings the same faults, though ids and keys are new each time.
func TestGHGAFaultsRepeat(t *testing.T) {
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	plain := make([]byte, 12<<20)
	decided := func() (list []string) {
		store, err := gateway.Embedded(t.TempDir(), "", gateway.Keys{Access: "access", Secret: "secret-secret"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var access connector.Access
		b, err := gateway.GHGA(store, "", ghga.PlatformConfig{}, func(_ context.Context, at *url.URL, p *ghga.Platform) error {
			wp, err := p.NewUploadPackage(public)
			access = connector.Access{WellKnown: at.JoinPath(".well-known"), WorkPackage: wp.ID, Token: wp.Token, Key: connector.KeyPair{Public: public, Private: private}}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ledger := filepath.Join(t.TempDir(), "ledger.jsonl")
		g, err := gateway.Open(t.Context(), gateway.Config{Backend: b, Listen: "127.0.0.1:0", Seed: 7, Ledger: ledger, Rules: []faultserver.Rule{{
			Name: "coin", When: faultserver.When{Probability: 0.5}, Do: faults.Of(&faults.Latency{Add: units.Duration(1)}),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		wire := http.DefaultTransport.(*http.Transport).Clone()
		defer wire.CloseIdleConnections()
		conn, err := connector.New(connector.Config{Access: access, Stack: wire, PartSize: 5 << 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, alias := range []string{"a", "b"} {
			if _, err := conn.Upload(t.Context(), connector.Source{Alias: alias, Size: int64(len(plain)), Content: bytes.NewReader(plain)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(ledger)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var r record.LedgerRow
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			if r.Key != "" && r.Key != "a" && r.Key != "b" {
				t.Errorf("%s: the ledger names an object by an id", r.Op)
			}
			b, _ := json.Marshal([]any{r.Op, r.Key, r.Part, r.Work, r.Attempt, r.Rule})
			list = append(list, string(b))
		}
		slices.Sort(list)
		return list
	}
	first, second := decided(), decided()
	if len(first) < 15 || !slices.Equal(first, second) {
		t.Errorf("not the same faults:\n%s\n\n%s", strings.Join(first, "\n"), strings.Join(second, "\n"))
	}
}
