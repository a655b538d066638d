package gateway_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/miniotest"
)

const ghgaAccession = "GHGAF00000000000042"

// throughGHGA puts GHGA up over a store, and moves a file each way.
func throughGHGA(t *testing.T, store *gateway.Backend, encrypted bool) {
	t.Helper()
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("0123456789abcdef"), 6<<20/16)
	var up, down ghga.WorkPackage
	var at *url.URL
	b, err := gateway.GHGA(store, "inbox", ghga.PlatformConfig{}, func(ctx context.Context, u *url.URL, p *ghga.Platform) error {
		at = u
		if err := p.Store(ctx, ghgaAccession, ".bam", bytes.NewReader(plain), int64(len(plain))); err != nil {
			return err
		}
		if up, err = p.NewUploadPackage(public); err != nil {
			return err
		}
		down, err = p.NewDownloadPackage(public, ghgaAccession)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.Open(t.Context(), gateway.Config{Backend: b, Listen: "127.0.0.1:0", TLS: encrypted})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := g.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	wire := wireTo(t, g)
	defer wire.CloseIdleConnections()
	connect := func(w ghga.WorkPackage) *connector.Connector {
		c, err := connector.New(connector.Config{
			Access: connector.Access{
				WellKnown: at.JoinPath(".well-known"), WorkPackage: w.ID, Token: w.Token, Key: connector.KeyPair{Public: public, Private: private},
			},
			Stack: wire, PartSize: 5 << 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := connect(up).Upload(t.Context(), connector.Source{Alias: "a.bam", Size: int64(len(plain)), Content: bytes.NewReader(plain)}); err != nil {
		t.Error(err)
	}
	d, err := connect(down).Download(t.Context(), ghgaAccession, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(d.Path); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("other bytes; %v", err)
	}
	for _, row := range g.Tally.Lines() {
		if strings.Contains(row.Op, "bucket") || row.Op == "other" {
			t.Errorf("the faults see %s, which is the services' own", row.Op)
		}
	}
}

// wireTo reaches a gateway, and trusts its certificate.
func wireTo(t *testing.T, g *gateway.Gateway) *http.Transport {
	t.Helper()
	wire := http.DefaultTransport.(*http.Transport).Clone()
	if g.CertFile != "" {
		trust(t, wire, g.CertFile)
	}
	return wire
}

func TestGHGAOverEmbedded(t *testing.T) {
	for name, encrypted := range map[string]bool{"HTTP": false, "HTTPS": true} {
		t.Run(name, func(t *testing.T) {
			store, err := gateway.Embedded(t.TempDir(), "", gateway.Keys{Access: "access", Secret: "secret-secret"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			throughGHGA(t, store, encrypted)
		})
	}
}

// On an endpoint of somebody else's the bucket is made, and nothing of it stays.
func TestGHGAOverMinIO(t *testing.T) {
	srv := miniotest.New(t)
	store, err := gateway.Endpoint(srv.Endpoint, "", gateway.Keys{Access: srv.AccessKey, Secret: srv.SecretKey}, gateway.Keys{Access: "access", Secret: "secret-secret"})
	if err != nil {
		t.Fatal(err)
	}
	throughGHGA(t, store, false)
	client, err := minio.New(srv.Endpoint.Host, &minio.Options{Creds: credentials.NewStaticV4(srv.AccessKey, srv.SecretKey, "")})
	if err != nil {
		t.Fatal(err)
	}
	left, err := client.ListBuckets(t.Context())
	if err != nil || len(left) > 0 {
		t.Errorf("%d buckets are left; %v", len(left), err)
	}
}

func trust(t *testing.T, wire *http.Transport, certFile string) {
	t.Helper()
	pem, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	wire.TLSClientConfig = &tls.Config{RootCAs: pool}
}
