package target

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/network"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/scenarios"
)

// External is a real S3 endpoint and how to sign for it, or any HTTP service.
type External struct {
	Endpoint *url.URL
	// HTTP says that it is no S3: calls go to it, below the path of Endpoint, and nothing below counts.
	HTTP      bool
	Region    string // empty: us-east-1
	Bucket    string // empty: one is made for the run and removed after it
	AccessKey string
	SecretKey string
}

// reachTimeout bounds the wait for a real endpoint.
const reachTimeout = 10 * time.Second

// Site is the server side of a run. Its methods are safe for concurrent use.
type Site struct {
	scenario *scenarios.Scenario
	external *runner.S3 // nil: embedded, or http
	http     *url.URL   // an HTTP service that is no S3; nil: there is none
	prefix   string     // of the run's keys
	made     bool       // the bucket is ours to remove
	keep     bool       // the embedded backend keeps bytes
	network  func(seed uint64) network.Network
	foreign  map[string]bool // contestants that are programs of their own
	secret   string          // that they sign with
}

// Over puts the trials to come on networks that fresh makes, one for each trial with its seed. Without it they run over TCP.
func (s *Site) Over(fresh func(seed uint64) network.Network) { s.network = fresh }

// Decides reports whether the backend decides how long its answers are: one that is any HTTP service does.
func (s *Site) Decides() bool { return s.http != nil }

// Embedded reports whether the backend is in this process.
func (s *Site) Embedded() bool { return s.external == nil && s.http == nil }

// NewSite checks that the endpoint answers, within ten seconds, and that the bucket is there. A nil external means the
// embedded backend, which cannot fail.
func NewSite(ctx context.Context, sc *scenarios.Scenario, external *External) (*Site, error) {
	s := &Site{
		scenario: sc, prefix: "ratebench/" + rand.Text()[:10], secret: rand.Text(),
		network: func(uint64) network.Network { return network.TCP{} },
	}
	if external == nil {
		s.keep = sc.Backend.Keep == "bytes"
		return s, nil
	}
	if external.HTTP {
		s.http = external.Endpoint
		return s, s.answers(ctx)
	}
	s.external = &runner.S3{
		Endpoint: external.Endpoint, Region: external.Region, Bucket: external.Bucket,
		AccessKey: external.AccessKey, SecretKey: external.SecretKey,
	}
	if s.external.Region == "" {
		s.external.Region = region
	}
	if external.Bucket != "" {
		what := ""
		if sc.Workload.PartURLs == "ucs" {
			what = "part_urls: ucs"
		}
		if sc.Workload.Kind == scenarios.KindGHGA {
			what = "kind: ghga"
		}
		if what != "" {
			return nil, fmt.Errorf("%s needs a bucket of its own, since the UCS chooses the keys: leave the bucket out", what)
		}
	}
	if err := s.reach(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// answers makes sure, within ten seconds, that somebody takes connections for the HTTP service. Nothing is asked of it: what a request would do
// there is not known.
func (s *Site) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	host := s.http.Host
	if s.http.Port() == "" {
		host = net.JoinHostPort(s.http.Hostname(), map[string]string{"http": "80", "https": "443"}[s.http.Scheme])
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", host)
	if err != nil {
		return fmt.Errorf("the service at %s cannot be reached (%s); is it running?", s.http.Redacted(), runner.ErrorKind(err))
	}
	return c.Close()
}

// reach makes sure of the endpoint and the bucket.
func (s *Site) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	fresh := s.external.Bucket == ""
	if fresh {
		s.external.Bucket = "ratebench-" + strings.ToLower(rand.Text()[:10])
	}
	cl, done, err := s.dial()
	if err != nil {
		return err
	}
	defer done()
	there := false
	if !fresh {
		if there, err = cl.BucketExists(ctx, s.external.Bucket); err != nil {
			return s.unreachable(err)
		}
	}
	if there {
		return nil
	}
	if err := cl.MakeBucket(ctx, s.external.Bucket, minio.MakeBucketOptions{Region: s.external.Region}); err != nil {
		return s.unreachable(err)
	}
	s.made = true
	return nil
}

// dial makes a client for the endpoint; done ends its connections.
func (s *Site) dial() (cl *minio.Client, done func(), err error) {
	wire := s3.NewProxyTransport()
	cl, err = dial(*s.external, wire)
	return cl, wire.CloseIdleConnections, err
}

// unreachable names the endpoint and what it said, and no credentials.
func (s *Site) unreachable(err error) error {
	var resp minio.ErrorResponse
	if errors.As(err, &resp) && resp.Code != "" && resp.StatusCode != 0 {
		return fmt.Errorf("S3 endpoint %s answered %d %s for bucket %s: %s; check keys, region and bucket",
			s.external.Endpoint.Redacted(), resp.StatusCode, resp.Code, s.external.Bucket, resp.Message)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("S3 endpoint %s did not answer within %v; is it running?", s.external.Endpoint.Redacted(), reachTimeout)
	}
	return fmt.Errorf("S3 endpoint %s cannot be reached (%s); is it running?", s.external.Endpoint.Redacted(), runner.ErrorKind(err))
}

// Close removes what the run left: the bucket, if it made one.
func (s *Site) Close(ctx context.Context) error {
	if !s.made {
		return nil
	}
	cl, done, err := s.dial()
	if err != nil {
		return err
	}
	defer done()
	err = sweep(ctx, cl, s.external.Bucket, "")
	if err == nil {
		if rerr := cl.RemoveBucket(ctx, s.external.Bucket); rerr != nil {
			err = fmt.Errorf("removing it: %s", reason(rerr))
		}
	}
	if err != nil {
		return fmt.Errorf("the bucket %s is left behind at %s, remove it by hand when the server answers again: %w", s.external.Bucket, s.external.Endpoint.Redacted(), err)
	}
	return nil
}
