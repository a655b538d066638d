package connector_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/neicnordic/crypt4gh/keys"
	"github.com/neicnordic/crypt4gh/streaming"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/network"
	"github.com/ratebench/ratebench/transport"
)

// deployment is the mock of GHGA over an embedded S3, on a network in memory.
type deployment struct {
	t        *testing.T
	net      network.Memory
	wire     *http.Transport
	store    *s3.Server
	s3       *url.URL
	platform *ghga.Platform
	access   connector.Access
}

func deploy(t *testing.T, change func(*ghga.PlatformConfig)) *deployment {
	t.Helper()
	d := &deployment{t: t}
	link := d.net.Link(time.Millisecond, 0)
	d.wire = &http.Transport{DialContext: link.Dial, MaxIdleConnsPerHost: 8}
	t.Cleanup(link.Close)
	t.Cleanup(d.wire.CloseIdleConnections)
	var err error
	if d.store, err = s3.New(s3.Config{AccessKey: "access", SecretKey: "secret-key", Buckets: []string{"inbox"}, Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	d.s3 = d.serve(d.store)
	cfg := ghga.PlatformConfig{Config: ghga.Config{
		Endpoint: d.s3, Bucket: "inbox", AccessKey: "access", SecretKey: "secret-key", Transport: d.wire,
	}}
	if change != nil {
		change(&cfg)
	}
	if d.platform, err = ghga.NewPlatform(cfg); err != nil {
		t.Fatal(err)
	}
	d.access.WellKnown = d.serve(d.platform).JoinPath(".well-known")
	if d.access.Key.Public, d.access.Key.Private, err = keys.GenerateKeyPair(); err != nil {
		t.Fatal(err)
	}
	p, err := d.platform.NewUploadPackage(d.access.Key.Public)
	if err != nil {
		t.Fatal(err)
	}
	if d.access.WorkPackage, d.access.Token, err = connector.OpenToken(p.ID+":"+p.Sealed, d.access.Key); err != nil {
		t.Fatal(err)
	}
	return d
}

// serve puts a handler on the network until the test ends.
func (d *deployment) serve(h http.Handler) *url.URL {
	l, err := d.net.Listen()
	if err != nil {
		d.t.Fatal(err)
	}
	server := faultserver.NewHTTPServer(h)
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) })
	d.t.Cleanup(func() {
		server.Close()
		serving.Wait()
		time.Sleep(time.Second) // net/http closes some connections half a second later
	})
	return &url.URL{Scheme: "http", Host: l.Addr().String()}
}

func (d *deployment) connector(b connector.Behaviour, stack http.RoundTripper, change func(*connector.Config)) *connector.Connector {
	d.t.Helper()
	cfg := connector.Config{Access: d.access, Stack: stack, Behaviour: &b, PartSize: 5 << 20}
	if change != nil {
		change(&cfg)
	}
	c, err := connector.New(cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// verify decrypts what S3 has, and compares it with the file.
func (d *deployment) verify(up connector.Uploaded, plain []byte) {
	d.t.Helper()
	state, ok := d.platform.State(up.FileID)
	sum := sha256.Sum256(plain)
	if !ok || state.State != "inbox" || state.DecryptedSHA256 != hex.EncodeToString(sum[:]) || state.EncryptedSize != up.EncryptedSize {
		d.t.Fatalf("the UCS has %+v", state)
	}
	_, key, _ := d.platform.UCS().Object(up.FileID)
	info, ok := d.store.Stat("inbox", key)
	if !ok || info.Size != up.EncryptedSize || info.ETag != up.ETag {
		d.t.Errorf("S3 has %+v, want %+v", info, up)
	}
	core, err := minio.NewCore(d.s3.Host, &minio.Options{
		Creds: credentials.NewStaticV4("access", "secret-key", ""), Region: "us-east-1", Transport: d.wire,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	object, _, _, err := core.GetObject(d.t.Context(), "inbox", key, minio.GetObjectOptions{})
	if err != nil {
		d.t.Fatal(err)
	}
	defer object.Close()
	_, private := d.platform.HubKey()
	all, err := io.ReadAll(object)
	if err != nil {
		d.t.Fatal(err)
	}
	r, err := streaming.NewCrypt4GHReader(bytes.NewReader(all), private, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, plain) {
		d.t.Errorf("what S3 has is not the file: %d bytes, %v", len(got), err)
	}
}

func (d *deployment) noneOpen() {
	d.t.Helper()
	open, err := d.platform.Open(context.Background())
	if err != nil || len(open) > 0 {
		d.t.Errorf("%d multipart uploads are open, %v", len(open), err)
	}
}

func random(n int64) []byte {
	b := make([]byte, n)
	mathrand.NewChaCha8([32]byte{2}).Read(b)
	return b
}

func source(alias string, plain []byte) connector.Source {
	return connector.Source{Alias: alias, Size: int64(len(plain)), Content: bytes.NewReader(plain)}
}

// The sizes at which something begins or ends, with parts of 80 segments.
func TestPlatform(t *testing.T) {
	const part = 80 * 65536
	sizes := []int64{1, 65535, 65536, 65537, part - 1, part, part + 1, 3*part + 5}
	if raceEnabled {
		sizes = []int64{1, 65537, part + 1}
	}
	synctest.Test(t, func(t *testing.T) {
		// Neither of them is anything to who does as it says.
		d := deploy(t, func(c *ghga.PlatformConfig) { c.CheckPartSizes, c.RequireCorrelationID = true, true })
		for _, b := range []connector.Behaviour{connector.Fixed(), connector.AsIs()} {
			c := d.connector(b, d.wire, nil)
			for _, size := range sizes {
				plain := random(size)
				up, err := c.Upload(t.Context(), source(fmt.Sprint(size, " ", b.Resume), plain))
				if err != nil {
					t.Fatal(err)
				}
				d.verify(up, plain)
			}
		}
		d.noneOpen()
	})
}

// stack retries as a service of one's own would.
func (d *deployment) stack() http.RoundTripper {
	d.t.Helper()
	s, err := transport.New(transport.Config{Wire: d.wire, MaxHint: -1, Hooks: []transport.Hooks{}})
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// Hints longer than a token lives, between every two parts: tokens that ran out on the way are renewed.
func TestPlatformHintsOutliveTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(c *ghga.PlatformConfig) { c.PartURLInterval, c.PartURLBuildup = 45*time.Second, 1 })
		plain := random(4 * 80 * 65536)
		begun := time.Now()
		c := d.connector(connector.Fixed(), d.stack(), func(c *connector.Config) { c.InFlight = 2 })
		up, err := c.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 3*45*time.Second {
			t.Errorf("it took %v", took)
		}
		d.verify(up, plain)
		d.noneOpen()
	})
}

// URLs that run out before the part is through.
func TestPlatformURLsRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(c *ghga.PlatformConfig) { c.URLLifetime = 2 * time.Second })
		plain := random(2 * 80 * 65536)
		slow := roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut && r.URL.Query().Get("partNumber") == "2" && time.Since(virtualBeginning) < 20*time.Second {
				time.Sleep(5 * time.Second)
			}
			return d.wire.RoundTrip(r)
		})
		up, err := d.connector(connector.Fixed(), slow, nil).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		d.verify(up, plain)
		if time.Since(virtualBeginning) < 20*time.Second {
			t.Error("no URL ran out")
		}
	})
}

// virtualBeginning is when a bubble begins.
var virtualBeginning = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Completions of one box that overlap: one of them is answered with 500 although it was carried out.
func TestPlatformVersionRace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, func(c *ghga.PlatformConfig) { c.VersionRace = true })
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				plain := random(1000)
				up, err := d.connector(connector.Fixed(), d.wire, nil).Upload(t.Context(), source(fmt.Sprint(i), plain))
				if err != nil {
					t.Error(err)
					return
				}
				d.verify(up, plain)
			})
		}
		all.Wait()
		d.noneOpen()
	})
}

// A server that answers before it has read a part, while the client goes on with the next one in the same memory: every part that
// arrives is the right one.
func TestPlatformEarlyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := deploy(t, nil)
		var mu sync.Mutex
		n := 0
		early := d.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			n++
			hasty := n%3 != 0
			mu.Unlock()
			if hasty {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			d.store.ServeHTTP(w, r)
		}))
		stack := roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				r = r.Clone(r.Context())
				r.Host, r.URL.Host = r.URL.Host, early.Host
			}
			return d.wire.RoundTrip(r)
		})
		parts := int64(6)
		if raceEnabled {
			parts = 3
		}
		plain := random(parts * 80 * 65536)
		b := connector.Fixed()
		b.PartAttempts, b.FilePasses = 1, 50 // a pass for every part that is refused
		up, err := d.connector(b, stack, func(c *connector.Config) { c.InFlight = 2 }).Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		d.verify(up, plain)
		d.noneOpen()
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
