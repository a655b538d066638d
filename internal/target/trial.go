package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/direct"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/network"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/standin"
	"github.com/ratebench/ratebench/scenarios"
)

// Keys of the embedded backend. They guard nothing: it listens on the loopback interface for the length of a trial.
const (
	embeddedAccess = "ratebench"
	embeddedSecret = "ratebench-embedded"
	embeddedBucket = "ratebench"
	region         = "us-east-1"
)

// trial is the server side of one trial; it is a runner.Target.
type trial struct {
	site *Site
	net  network.Network
	seed uint64
	ucs  *ghga.UCS // nil: clients presign for themselves
	// platform is all of GHGA's control plane, whose UCS ucs is then; nil: there is none.
	platform *platform
	faults   *faultserver.Server
	store    *s3.Server // nil: a real endpoint
	dir      string     // of its bytes; empty: none are kept
	// proxied is the HTTP service that calls go to; nil: they go elsewhere.
	proxied *gateway.Backend

	s3Front, ucsFront, back *front
	through, direct         runner.S3
	prefix                  string
	box                     *url.URL          // at the UCS; nil: none
	client                  *minio.Client     // past the faults
	wires                   []*http.Transport // what the server side itself sends through

	watch   atomic.Pointer[func(*record.LedgerRow)]
	handler http.Handler // the faults, for wires without a connection; nil: there are none
	outside *outside     // for a program of its own; nil: the contestant runs here

	mu          sync.Mutex
	directLinks map[int]*direct.Link
	links       map[int]network.Dialer // by client; -1: shared by all
}

// Open brings the server side of a trial up.
func (s *Site) Open(ctx context.Context, t runner.Trial) (runner.Target, error) {
	x := &trial{
		site: s, seed: t.Seed, net: s.network(t.Seed), prefix: fmt.Sprintf("%s/t%d", s.prefix, t.Ordinal), links: map[int]network.Dialer{},
	}
	if s.foreign[t.Contestant] {
		if s.external != nil && !s.made {
			return nil, fmt.Errorf("%s is a program of its own and needs a bucket that is made for the run: leave the bucket out", t.Contestant)
		}
		x.outside = new(outside)
		x.prefix = "" // the bucket is the program's
	}
	if err := x.open(ctx, t); err != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if cerr := x.Close(end); cerr != nil {
			err = fmt.Errorf("%w; and taking it down again: %w", err, cerr)
		}
		return nil, err
	}
	return x, nil
}

func (x *trial) open(ctx context.Context, t runner.Trial) (err error) {
	sc := x.site.scenario
	x.faults, err = faultserver.New(faultserver.Options{
		Rules: sc.Faults, Phases: sc.Timeline(), Seed: t.Seed, Trial: t.Ordinal, Ordinal: x.ordinal, Admin: admin{x},
		Sink: x.sink(),
	})
	if err != nil {
		return err
	}
	if sc.Workload.Kind == scenarios.KindCalls {
		return x.openCalls(ctx)
	}
	backend, err := x.backend()
	if err != nil {
		return err
	}
	front := x.expand(x.faults.Handler(backend, ops.S3))
	if x.outside != nil {
		front = x.outside.hear(front, x)
	}
	if x.s3Front, err = x.listen(front, x.faults.Listener); err != nil {
		return err
	}
	// Clients sign for the address that the backend goes by, as Dial takes them to the fault server whatever they ask
	// for: many S3 services route by the Host header, and all of them check the signature against it.
	x.through = x.direct
	x.through.Endpoint = &url.URL{Scheme: "http", Host: x.direct.Endpoint.Host}
	if x.outside != nil {
		if x.through, err = x.openOutside(); err != nil {
			return err
		}
	}
	if x.client, err = dial(x.direct, x.wire()); err != nil {
		return err
	}
	if err := x.Check(ctx); err != nil {
		return err
	}
	switch {
	case sc.Workload.Kind == scenarios.KindGHGA:
		return x.openGHGA()
	case sc.Workload.PartURLs == "ucs":
		return x.openUCS(ctx)
	}
	return nil
}

// expand makes bodies whole again of which the wire carries a part.
func (x *trial) expand(h http.Handler) http.Handler {
	if x.site.scenario.Workload.StandIn == 0 {
		return h
	}
	return standin.Expand(h)
}

// backend is what stands behind the faults, and sets how to reach it past them.
func (x *trial) backend() (http.Handler, error) {
	if ext := x.site.external; ext != nil {
		x.direct = *ext
		if x.outside != nil {
			return x.resigning(*ext), nil
		}
		return s3.NewProxy(s3.ProxyConfig{Endpoint: ext.Endpoint, Transport: x.wire()}), nil
	}
	var err error
	if x.site.keep {
		if x.dir, err = os.MkdirTemp("", "ratebench-"); err != nil {
			return nil, fmt.Errorf("making a folder for the uploaded bytes: %w", err)
		}
	}
	secret := embeddedSecret
	if x.outside != nil {
		secret = x.site.secret
	}
	x.store, err = s3.New(s3.Config{
		AccessKey: embeddedAccess, SecretKey: secret, Region: region, Buckets: []string{embeddedBucket}, Dir: x.dir,
		Counted: x.site.scenario.Workload.Payload == "counted",
	})
	if err != nil {
		return nil, err
	}
	if x.back, err = x.listen(x.store, nil); err != nil {
		return nil, err
	}
	x.direct = runner.S3{
		Endpoint: x.back.url, Region: region, Bucket: embeddedBucket, AccessKey: embeddedAccess, SecretKey: secret,
	}
	return x.store, nil
}

// wire is a connection pool that ends with the trial.
func (x *trial) wire() *http.Transport {
	w := s3.NewProxyTransport()
	if x.site.external == nil {
		w.DialContext = x.net.Dial
	}
	x.wires = append(x.wires, w)
	return w
}

func (x *trial) S3() runner.S3     { return x.through }
func (x *trial) Direct() runner.S3 { return x.direct }

func (x *trial) Control() *url.URL {
	return x.box
}

// Watch implements runner.Target.
func (x *trial) Watch(sink func(*record.LedgerRow)) { x.watch.Store(&sink) }

// sink hands the ledger's rows on where they are not to be kept.
func (x *trial) sink() func(*record.LedgerRow) {
	if x.site.scenario.Workload.Records != "aggregate" {
		return nil
	}
	return func(r *record.LedgerRow) {
		if watch := x.watch.Load(); watch != nil { // else the trial has not begun
			(*watch)(r)
		}
	}
}

func (x *trial) Begin(start time.Time) {
	x.faults.Begin(start)
	x.platform.begin()
}

// Dial leads to the fault server, over the network of the scenario: one link for everybody, for each client, or for each
// connection.
func (x *trial) Dial(client int) func(context.Context, string, string) (net.Conn, error) {
	dial := x.link(client)
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if x.ucsFront == nil || address != x.ucsFront.url.Host {
			address = x.s3Front.url.Host
		}
		return dial(ctx, network, address)
	}
}

func (x *trial) link(client int) func(context.Context, string, string) (net.Conn, error) {
	n := x.site.scenario.Network
	if n.Scope == "connection" {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			return x.newLink().Dial(ctx, network, address)
		}
	}
	if n.Scope != "client" {
		client = -1
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.links[client] == nil {
		x.links[client] = x.freshLink()
	}
	return x.links[client].Dial
}

func (x *trial) freshLink() network.Dialer {
	n := x.site.scenario.Network
	return x.net.Link(n.Latency.D(), int64(n.Bandwidth))
}

// newLink is a link for one connection.
func (x *trial) newLink() network.Dialer {
	l := x.freshLink()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.links[len(x.links)] = l
	return l
}

// classify tells which of the two services a client's request is for.
func (x *trial) classify(r *http.Request) ops.Request {
	if x.ucsFront != nil && r.URL.Host == x.ucsFront.url.Host {
		if x.platform != nil {
			return ops.GHGA(r)
		}
		return ops.UCS(r)
	}
	if x.site.scenario.Workload.Kind == scenarios.KindCalls {
		return ops.Calls(r)
	}
	return ops.S3(r)
}

func (x *trial) Identify(r *http.Request) (op string, object, part int) {
	q := x.classify(r)
	n, _ := x.ordinal(q) // 0: about no object of ours
	return q.Op, n, q.Part
}

func (x *trial) Forecast(now time.Time, r *http.Request) (time.Duration, http.Header) {
	return x.faults.Forecast(now, r, x.classify)
}

func (x *trial) Ledger() []record.LedgerRow {
	rows := x.faults.Ledger()
	if x.outside != nil {
		x.outside.tell(rows)
	}
	return rows
}

// Drain stops the front servers, and waits for what they had begun.
func (x *trial) Drain(ctx context.Context) error {
	x.platform.stop()
	x.faults.Stop()
	return errors.Join(x.s3Front.stop(), x.ucsFront.stop(), x.faults.Wait(ctx))
}

// Check asks the backend whether the bucket is there.
func (x *trial) Check(ctx context.Context) error {
	if x.site.http != nil {
		return x.site.answers(ctx)
	}
	if x.client == nil {
		return nil // the service that takes calls is built in and cannot fail
	}
	ok, err := x.client.BucketExists(ctx, x.direct.Bucket)
	if err != nil {
		return fmt.Errorf("S3 endpoint %s: %s", x.direct.Endpoint.Redacted(), reason(err))
	}
	if !ok {
		return fmt.Errorf("S3 endpoint %s: bucket %s is gone", x.direct.Endpoint.Redacted(), x.direct.Bucket)
	}
	return nil
}

// Verify reads the content back where the backend keeps it.
func (x *trial) Verify(ctx context.Context, o runner.Object, r runner.Receipt) error {
	if x.site.scenario.Workload.Kind == scenarios.KindCalls {
		return x.verifyCall(ctx, o, r)
	}
	if x.outside != nil {
		return x.verifyOutside(ctx, o)
	}
	if x.platform != nil {
		return x.verifyFile(ctx, o, r)
	}
	key := o.Key
	if x.ucs != nil { // the receipt names the file; the UCS chose its key
		_, found, ok := x.ucs.Object(r.Key)
		if !ok {
			return fmt.Errorf("the UCS knows no file %q", r.Key)
		}
		key = found
	}
	return verify(ctx, x.client, x.direct.Bucket, key, o, x.store == nil || x.site.keep)
}

// Close ends everything and removes what the trial stored.
func (x *trial) Close(ctx context.Context) error {
	var err error
	if x.faults != nil {
		err = x.Drain(ctx)
	}
	if x.outside != nil {
		x.outside.relay.stop()
	}
	x.mu.Lock()
	for _, l := range x.links {
		l.Close()
	}
	clear(x.links)
	x.mu.Unlock()
	if x.store == nil && x.client != nil {
		prefix := x.prefix
		if x.ucs != nil {
			prefix = "" // it chooses the keys, and the bucket is the run's
		}
		err = errors.Join(err, sweep(ctx, x.client, x.direct.Bucket, prefix))
	}
	if x.proxied != nil {
		err = errors.Join(err, x.proxied.Close())
	}
	for _, w := range x.wires {
		w.CloseIdleConnections()
	}
	err = errors.Join(err, x.back.stop())
	if x.store != nil {
		err = errors.Join(err, x.store.Close())
	}
	if x.dir != "" {
		err = errors.Join(err, os.RemoveAll(x.dir))
	}
	return err
}
