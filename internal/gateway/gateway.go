package gateway

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ratebench/ratebench/faultserver"
	"github.com/ratebench/ratebench/faultserver/control"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/selfsigned"
	"github.com/ratebench/ratebench/internal/tally"
)

// Config says what to put up.
type Config struct {
	Backend *Backend // closed with the gateway
	Rules   []faultserver.Rule
	Phases  []faultserver.Phase
	Seed    uint64
	Listen  string // host:port; port 0 for a free one
	TLS     bool
	// Control is where the control API listens; empty: nowhere. Token guards it; empty: everybody on this machine may.
	Control, Token string
	// Ledger is the file that rows are appended to; empty: none.
	Ledger string
	// Warn is told of what goes wrong while it runs.
	Warn func(error)
}

// Gateway is a fault server that runs. Its fields are read only.
type Gateway struct {
	URL        string
	ControlURL string // empty: none
	CertFile   string // of TLS, in PEM; empty: none
	Backend    *Backend
	Faults     *faultserver.Server
	Tally      *tally.Tally

	servers []*http.Server
	ended   sync.WaitGroup
	failed  chan error
	ledger  *os.File
	stop    context.CancelFunc // of what writes the ledger
	kept    chan error
}

// Open puts everything up, and takes down what was up if something fails, or ctx ends before all is up.
func Open(ctx context.Context, c Config) (g *Gateway, err error) {
	g = &Gateway{Backend: c.Backend, Tally: tally.New(), failed: make(chan error, 2), stop: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.Close(context.WithoutCancel(ctx)))
		}
	}()
	feed := control.NewFeed()
	sinks := []func(*record.LedgerRow){g.Tally.Add, feed.Add}
	if c.Ledger != "" {
		if g.ledger, err = os.OpenFile(c.Ledger, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644); err != nil {
			return g, fmt.Errorf("opening the ledger: %w", err)
		}
		w := record.NewLedgerWriter(g.ledger)
		sinks = append(sinks, w.Write)
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
		g.stop, g.kept = stop, make(chan error, 1)
		go func() { g.kept <- w.Keep(ctx, c.Warn) }()
	}
	metrics := control.NewMetrics()
	sinks = append(sinks, metrics.Add)
	g.Faults, err = faultserver.New(faultserver.Options{
		Rules: c.Rules, Phases: c.Phases, Seed: c.Seed, Client: clientName, Admin: c.Backend.Admin, Name: c.Backend.name, Remember: 1 << 17,
		Sink: func(row *record.LedgerRow) {
			for _, sink := range sinks {
				sink(row)
			}
		},
	})
	if err != nil {
		return g, err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return g, fmt.Errorf("listening on %s: %w", c.Listen, err)
	}
	scheme := "http"
	if c.TLS {
		scheme = "https"
	}
	g.URL = scheme + "://" + l.Addr().String()
	if c.Backend.open != nil {
		if err := c.Backend.open(ctx, &url.URL{Scheme: scheme, Host: l.Addr().String()}); err != nil {
			return g, errors.Join(err, l.Close())
		}
	}
	srv := faultserver.NewHTTPServer(g.Faults.Handler(c.Backend.Handler, c.Backend.Classify))
	if c.TLS {
		if err := g.encrypt(srv, &l); err != nil {
			return g, errors.Join(err, l.Close())
		}
	} else {
		l = g.Faults.Listener(l)
	}
	g.serve(srv, l)
	if c.Control != "" {
		cl, err := net.Listen("tcp", c.Control)
		if err != nil {
			return g, fmt.Errorf("listening on %s for the control API: %w", c.Control, err)
		}
		g.ControlURL = "http://" + cl.Addr().String()
		g.serve(faultserver.NewHTTPServer(control.New(control.Config{
			Server: g.Faults, Feed: feed, Tally: g.Tally, Metrics: metrics, Token: c.Token,
		})), cl)
	}
	return g, nil
}

// encrypt puts TLS on a listener, and writes the certificate down for clients to trust.
func (g *Gateway) encrypt(srv *http.Server, l *net.Listener) error {
	cert, err := selfsigned.New()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp("", "ratebench-*.pem")
	if err != nil {
		return fmt.Errorf("writing the certificate: %w", err)
	}
	g.CertFile = f.Name()
	err = errors.Join(pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), f.Close(), g.Faults.ConfigureHTTP2(srv))
	if err != nil {
		return fmt.Errorf("writing the certificate: %w", err)
	}
	*l = g.Faults.TLSListener(*l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}})
	return nil
}

func (g *Gateway) serve(srv *http.Server, l net.Listener) {
	g.servers = append(g.servers, srv)
	g.ended.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			g.failed <- err
		}
	})
}

// Failed receives the error of a listener that ends by itself.
func (g *Gateway) Failed() <-chan error { return g.failed }

// grace is how long Close waits for answers under way.
const grace = 5 * time.Second

// Close lets answers under way end, until ctx is done or five seconds are over, and takes everything down.
func (g *Gateway) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	var err error
	for _, srv := range g.servers {
		if serr := srv.Shutdown(ctx); serr != nil {
			if g.Faults != nil {
				g.Faults.Stop() // what a fault holds back
			}
			err = errors.Join(err, srv.Close())
		}
	}
	g.ended.Wait()
	if g.Faults != nil {
		g.Faults.Stop()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		err = errors.Join(err, g.Faults.Wait(end))
	}
	g.stop()
	if g.kept != nil {
		err = errors.Join(err, <-g.kept)
	}
	if g.ledger != nil {
		err = errors.Join(err, g.ledger.Close())
	}
	if g.CertFile != "" {
		err = errors.Join(err, os.Remove(g.CertFile))
	}
	return errors.Join(err, g.Backend.Close())
}

// clientName tells clients apart by host and by the product that they say they are.
func clientName(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	product, _, _ := strings.Cut(r.UserAgent(), " ")
	if product == "" {
		return host
	}
	return host + " " + product[:min(len(product), 64)]
}
