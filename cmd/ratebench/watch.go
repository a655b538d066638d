package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ratebench/ratebench/internal/guard"
	"github.com/ratebench/ratebench/internal/live"
	"github.com/ratebench/ratebench/internal/record"
	"github.com/ratebench/ratebench/internal/runner"
)

// liveTokenVariable holds the token that a live view on an address of other machines asks for.
const liveTokenVariable = "RATEBENCH_LIVE_TOKEN"

// uiAddress is a flag that may stand without a value: --ui, or --ui=HOST:PORT. Empty: it was not given.
type uiAddress string

// Decode reads the value behind the equals sign, if there is one.
func (a *uiAddress) Decode(ctx *kong.DecodeContext) error {
	*a = "127.0.0.1:0"
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		*a = uiAddress(ctx.Scan.Pop().String())
	}
	return nil
}

// IsBool says that no value has to follow.
func (uiAddress) IsBool() bool { return true }

// pageFlag shows the report's page.
type pageFlag struct {
	UI uiAddress `name:"ui" placeholder:"HOST:PORT" help:"Show the report in a browser while it grows, at --ui=HOST:PORT. Default: a free port of 127.0.0.1, which is printed."`
}

// liveFlags show a run while it is going on.
type liveFlags struct {
	pageFlag
	UIKeep  bool   `name:"ui-keep" help:"Go on with --ui and --metrics when the run has ended, until Ctrl-C."`
	Metrics string `placeholder:"HOST:PORT" help:"Metrics of the run for Prometheus, at /metrics; :9090 is 127.0.0.1:9090."`
}

// watch is what shows a run while it is going on. The nil watch shows nothing, so that callers need not ask.
type watch struct {
	keep    bool
	page    *live.Page
	metrics *live.Metrics
	ui      *live.Server // nil: none
	scraped *live.Server // nil: none
}

// listen takes the ports, and prints nothing yet.
func (f liveFlags) listen() (*watch, error) {
	if f.UIKeep && f.UI == "" && f.Metrics == "" {
		return nil, usagef("--ui-keep keeps the live view, and there is none: give --ui or --metrics as well")
	}
	w := &watch{keep: f.UIKeep}
	var err error
	if f.UI != "" {
		w.ui, err = listenAt("--ui", string(f.UI))
	}
	if err == nil && f.Metrics != "" {
		w.scraped, err = listenAt("--metrics", f.Metrics)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	if w.ui == nil && w.scraped == nil {
		return nil, nil
	}
	return w, nil
}

func listenAt(flag, address string) (*live.Server, error) {
	address = live.Loopback(address)
	g := guard.Guard{Token: os.Getenv(liveTokenVariable)}
	if err := g.Suits(address, liveTokenVariable); err != nil {
		return nil, usagef("%s: %v", flag, err)
	}
	s, err := live.Listen(address, g.Token)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; choose another port", flag, err)
	}
	return s, nil
}

// serve begins to show the run in a folder. done is how many of its trials an earlier run has already done.
func (w *watch) serve(out io.Writer, dir string, m *record.Manifest, done int) {
	if w == nil {
		return
	}
	if w.ui != nil {
		w.page = live.NewPage(dir)
		w.ui.Serve("/", w.page, live.Every)
		fmt.Fprintf(out, "live view at %s\n", w.ui.URL)
	}
	if w.scraped != nil {
		w.metrics = live.NewMetrics(m, done)
		w.scraped.Serve("/metrics", w.metrics.Handler(), 0)
		fmt.Fprintf(out, "metrics at %smetrics\n", w.scraped.URL)
	}
}

// note takes a step of the run. between says that no trial is under way when one has ended.
func (w *watch) note(e runner.Event, between bool) {
	if w == nil {
		return
	}
	if w.metrics != nil {
		w.metrics.Note(e)
	}
	if w.page != nil && e.Row != nil && between {
		w.page.Between()
	}
}

// The longest that a run that has ended waits for those who look at it: a browser asks every other second, Prometheus perhaps once a
// minute.
const (
	lingerPage    = 3 * time.Second
	lingerMetrics = 90 * time.Second
)

// end shows that the run has ended to those who look, and then ends too, unless it is to be kept.
func (w *watch) end(ctx context.Context, out io.Writer, outcome string) error {
	if w == nil {
		return nil
	}
	if w.metrics != nil {
		w.metrics.End(outcome)
	}
	if w.page != nil {
		w.page.End()
	}
	if w.keep && ctx.Err() == nil {
		fmt.Fprintln(out, "the live view stays until Ctrl-C")
		<-ctx.Done()
	}
	if w.ui != nil {
		w.ui.Linger(ctx, lingerPage)
	}
	if w.scraped != nil {
		w.scraped.Linger(ctx, lingerMetrics)
	}
	return w.close()
}

// close ends what was begun; it may be called at any point.
func (w *watch) close() error {
	if w == nil {
		return nil
	}
	var err error
	for _, s := range []*live.Server{w.ui, w.scraped} {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	return err
}

// follow shows a folder as it is until ctx ends, for a run that somebody else has begun.
func (f pageFlag) follow(ctx context.Context, out io.Writer, dir string) error {
	s, err := listenAt("--ui", string(f.UI))
	if err != nil {
		return err
	}
	s.Serve("/", live.NewPage(dir), live.Every)
	fmt.Fprintf(out, "live view at %s until Ctrl-C\n", s.URL)
	<-ctx.Done()
	return s.Close()
}
