package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/guard"
	"github.com/ratebench/ratebench/internal/tally"
	"github.com/ratebench/ratebench/scenarios"
)

type serveCmd struct {
	Scenario string   `arg:"" optional:"" help:"Scenario whose faults are served; workload and contestants may be left out. Default: no faults."`
	Set      []string `sep:"none" placeholder:"KEY=VALUE" help:"Override a value of the scenario. Repeatable."`

	Listen  string `placeholder:"HOST:PORT" default:"127.0.0.1:9900" help:"Where clients connect; port 0 is a free one. Default: 127.0.0.1:9900."`
	Backend string `placeholder:"KIND|URL" help:"embedded (S3 in this process, default), ghga (GHGA's services before it), echo, minio, s3, or the URL of any HTTP service."`
	TLS     bool   `name:"tls" help:"Serve HTTPS with a self-signed certificate, HTTP/2 included."`
	Data    string `placeholder:"DIR" help:"Folder for the bytes of the embedded S3. Default: a temporary one. What is stored is removed at the end."`
	Ledger  string `placeholder:"FILE" help:"Append every decision to this file, one JSON line each."`

	AccessKey string `placeholder:"KEY" help:"Access key that clients sign with. Default: ratebench."`
	SecretKey string `placeholder:"KEY" help:"Secret key that clients sign with. Default: a random one, which is printed."`
	Bucket    string `placeholder:"NAME" help:"Bucket that the embedded S3 begins with, or that ghga uses. Default: ratebench, and for ghga one with a random name."`
	Region    string `placeholder:"NAME" help:"Region. Default: us-east-1."`
	Endpoint  string `placeholder:"URL" help:"S3 endpoint of --backend minio or s3, or behind ghga; its keys come from RATEBENCH_ACCESS_KEY and RATEBENCH_SECRET_KEY or the usual AWS_* variables."`

	GHGADir   string   `name:"ghga-dir" placeholder:"DIR" help:"Of ghga: folder for the user's key and work packages, which are removed at the end. Default: a temporary one."`
	GHGAFiles []string `name:"ghga-file" sep:"none" type:"existingfile" placeholder:"FILE" help:"Of ghga: a file that can be downloaded. Repeatable. Default: three made up of the scenario's object_size, or 4MiB."`

	GHGAArchive bool `name:"ghga-archive" help:"Of ghga: archive what was uploaded as soon as it is complete, so that the download package has it too."`

	Control      string `placeholder:"HOST:PORT" default:"127.0.0.1:9901" help:"Where the control API listens; none for no control. Default: 127.0.0.1:9901."`
	ControlToken string `placeholder:"TOKEN" help:"Token that the control API asks for; better in RATEBENCH_CONTROL_TOKEN."`
	JSON         bool   `name:"json" help:"Print the summary as JSON."`
}

func (serveCmd) Help() string {
	return `Examples:

    ratebench serve flaky                                # S3 with the faults of flaky.yaml, for any client
    ratebench serve flaky --listen 127.0.0.1:0 --tls     # the same over HTTPS, on a free port
    ratebench serve --backend http://127.0.0.1:8080 my-faults.yaml
    ratebench serve storm --backend minio --endpoint http://127.0.0.1:9000
    ratebench serve ghga-quota                           # GHGA with the faults of a scenario, for ratebench ghga

End it with Ctrl-C: it prints what every client did.`
}

// Run serves until it is interrupted.
func (c serveCmd) Run(ctx context.Context, io *streams) (err error) {
	config, stand, err := c.config(io)
	if err != nil {
		return errors.Join(err, stand.close())
	}
	defer func() { err = errors.Join(err, stand.close()) }()
	config.Warn = func(err error) { fmt.Fprintf(io.err, "ratebench: %v; serving goes on without\n", err) }
	ctx, stop := interruptible(ctx, io.err, func() {
		if left := leftBehind(config.Backend, stand); left != "" {
			fmt.Fprintln(io.err, "ratebench: left behind: "+left)
		}
	})
	defer stop()
	g, err := gateway.Open(ctx, config)
	if err != nil && errors.Is(context.Cause(ctx), errInterrupted) {
		return withExit(exitInterrupted, fmt.Errorf("interrupted before anything was served: %w", err))
	}
	if err != nil {
		return err
	}
	if err := c.introduce(io.out, g, stand); err != nil {
		return errors.Join(err, g.Close(ctx))
	}
	select {
	case <-ctx.Done():
	case err = <-g.Failed():
		err = fmt.Errorf("serving ended: %w", err)
	}
	err = errors.Join(err, g.Close(context.WithoutCancel(ctx)))
	if c.JSON {
		return errors.Join(err, writeJSON(io.out, g.Tally.Lines()))
	}
	return errors.Join(err, summary(io.out, g.Tally.Lines()))
}

// config checks everything that can be refused before anything is up.
func (c serveCmd) config(io *streams) (gateway.Config, *ghgaStand, error) {
	config := gateway.Config{Listen: c.Listen, TLS: c.TLS, Ledger: c.Ledger, Seed: 1}
	var s *scenarios.Scenario
	if c.Scenario != "" {
		var err error
		if s, err = c.load(io.in); err != nil {
			return config, nil, err
		}
		config.Rules, config.Phases, config.Seed = s.Faults, s.Timeline(), s.Seed
	} else if len(c.Set) > 0 {
		return config, nil, usagef("--set changes a scenario, and none is named")
	}
	if c.Control != "none" {
		config.Control = c.Control
		config.Token = c.ControlToken
		if config.Token == "" {
			config.Token = os.Getenv("RATEBENCH_CONTROL_TOKEN")
		}
		if err := (guard.Guard{Token: config.Token}).Suits(c.Control, "RATEBENCH_CONTROL_TOKEN"); err != nil {
			return config, nil, usagef("--control %v", err)
		}
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return config, nil, usagef("--listen %s is no address: write host:port", c.Listen)
	}
	var stand *ghgaStand
	var err error
	config.Backend, stand, err = c.backend(s)
	return config, stand, err
}

func (c serveCmd) load(stdin io.Reader) (*scenarios.Scenario, error) {
	opts := append(scenarioOptions(c.Set), scenarios.RulesOnly())
	if c.Scenario != "-" {
		s, err := scenarios.Load(c.Scenario, opts...)
		return s, withExit(exitUsage, err)
	}
	src, err := io.ReadAll(io.LimitReader(stdin, maxStdin))
	if err != nil {
		return nil, fmt.Errorf("reading the scenario from standard input: %w", err)
	}
	s, err := scenarios.Parse("stdin", src, nil, opts...)
	return s, withExit(exitUsage, err)
}

// backend makes what stands behind the faults, and for GHGA what its user needs.
func (c serveCmd) backend(s *scenarios.Scenario) (*gateway.Backend, *ghgaStand, error) {
	ofGHGA := c.Backend == kindGHGA || s != nil && s.Workload.Kind == scenarios.KindGHGA
	if !ofGHGA {
		if c.GHGADir != "" || len(c.GHGAFiles) > 0 || c.GHGAArchive {
			return nil, nil, usagef("--ghga-dir, --ghga-file and --ghga-archive are for --backend ghga, or a scenario of kind ghga")
		}
		store, err := c.store(c.bucket())
		return store, nil, err
	}
	host, _, _ := net.SplitHostPort(c.Listen) // it has been looked at
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return nil, nil, usagef("--listen %s: GHGA hands out addresses, so name the one that clients use", c.Listen)
	}
	switch c.Backend {
	case "", kindEmbedded, kindMinIO, kindS3:
	case kindGHGA:
		c.Backend = kindEmbedded
		if c.Endpoint != "" {
			c.Backend = kindS3
		}
	default:
		return nil, nil, usagef("--backend %s: the scenario is of kind ghga, which needs an S3 behind it: embedded, minio or s3", c.Backend)
	}
	var buckets []string
	if c.Bucket != "" {
		buckets = []string{c.Bucket}
	}
	store, err := c.store(buckets...)
	if err != nil {
		return nil, nil, err
	}
	var cfg ghga.PlatformConfig
	if s != nil {
		cfg = gateway.PlatformConfig(s.GHGA)
	}
	cfg.Archive = c.GHGAArchive
	stand, err := newGHGAStand(c.GHGADir, c.GHGAFiles, s)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	b, err := gateway.GHGA(store, c.Bucket, cfg, stand.prepare)
	if err != nil {
		return nil, stand, errors.Join(usagef("--bucket: %w", err), store.Close())
	}
	return b, stand, nil
}

// bucket is the one that clients of S3 are pointed to.
func (c serveCmd) bucket() string { return cmp.Or(c.Bucket, "ratebench") }

// store makes a backend that is not GHGA.
func (c serveCmd) store(buckets ...string) (*gateway.Backend, error) {
	c.Backend = cmp.Or(c.Backend, kindEmbedded)
	keys := gateway.Keys{Access: c.AccessKey, Secret: c.SecretKey}
	if keys.Access == "" {
		keys.Access = "ratebench"
	}
	if keys.Secret == "" {
		keys.Secret = rand.Text()
	}
	if len(keys.Access) < 3 {
		return nil, usagef("--access-key is too short: S3 keys have at least three characters")
	}
	if c.Data != "" && c.Backend != kindEmbedded {
		return nil, usagef("--data is the embedded S3's folder, and does not go with --backend %s", c.Backend)
	}
	switch {
	case c.Backend == kindEmbedded:
		return gateway.Embedded(c.Data, c.Region, keys, buckets)
	case c.Backend == "echo":
		return gateway.Echo(), nil
	case c.Backend == kindMinIO || c.Backend == kindS3:
		kind := c.Backend
		_, external, err := s3Flags{Backend: &kind, Endpoint: c.Endpoint, Region: c.Region}.resolve("", os.Getenv)
		if err != nil {
			return nil, err
		}
		return gateway.Endpoint(external.Endpoint, external.Region, gateway.Keys{Access: external.AccessKey, Secret: external.SecretKey}, keys)
	}
	u, err := url.Parse(c.Backend)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, usagef("--backend is neither embedded, ghga, echo, minio or s3 nor the URL of a service, such as http://127.0.0.1:8080")
	}
	return gateway.HTTP(u), nil
}

// introduce says how clients reach the server.
func (c serveCmd) introduce(w io.Writer, g *gateway.Gateway, stand *ghgaStand) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Serving on  %s\nBackend     %s\n", g.URL, g.Backend.Name)
	if n := len(g.Faults.Rules()); n == 1 {
		fmt.Fprintln(&b, "Faults      1 rule")
	} else {
		fmt.Fprintf(&b, "Faults      %d rules\n", n)
	}
	if g.ControlURL != "" {
		fmt.Fprintf(&b, "Control     %s (ratebench ctl rules --control %s)\n", g.ControlURL, g.ControlURL)
	}
	if c.Ledger != "" {
		fmt.Fprintf(&b, "Ledger      %s\n", c.Ledger)
	}
	if g.CertFile != "" {
		fmt.Fprintf(&b, "Certificate %s (self-signed; clients have to be told to trust it)\n", g.CertFile)
	}
	if stand != nil {
		stand.pointers(&b, g.CertFile)
	} else if g.Backend.AccessKey != "" {
		c.pointers(&b, g)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// pointers prints how to point S3 clients at the server.
func (c serveCmd) pointers(b *strings.Builder, g *gateway.Gateway) {
	host := strings.TrimPrefix(strings.TrimPrefix(g.URL, "http://"), "https://")
	access, secret, region := g.Backend.AccessKey, g.Backend.SecretKey, g.Backend.Region
	var aws, rclone, s3cmd, boto string
	if g.CertFile == "" {
		s3cmd = " --no-ssl"
	} else {
		aws, rclone, s3cmd = " --ca-bundle "+g.CertFile, " --ca-cert "+g.CertFile, " --ca-certs="+g.CertFile
		boto = fmt.Sprintf(", verify=%q", g.CertFile)
	}
	fmt.Fprintf(b, `
AWS CLI:
    export AWS_ACCESS_KEY_ID=%[1]s AWS_SECRET_ACCESS_KEY=%[2]s AWS_DEFAULT_REGION=%[3]s
    aws --endpoint-url %[4]s%[6]s s3 cp FILE s3://%[5]s/
rclone:
    rclone copy FILE ":s3,provider=Other,access_key_id=%[1]s,secret_access_key=%[2]s,region=%[3]s,endpoint='%[4]s',force_path_style=true:%[5]s"%[7]s
s3cmd:
    s3cmd --access_key=%[1]s --secret_key=%[2]s --host=%[10]s --host-bucket=%[10]s --region=%[3]s%[8]s put FILE s3://%[5]s/
boto3:
    boto3.client("s3", endpoint_url="%[4]s", aws_access_key_id="%[1]s", aws_secret_access_key="%[2]s", region_name="%[3]s"%[9]s)

`, access, secret, region, g.URL, c.bucket(), aws, rclone, s3cmd, boto, host)
}

// summary prints what every client did.
func summary(w io.Writer, lines []tally.Line) error {
	if len(lines) == 0 {
		_, err := fmt.Fprintln(w, "No requests came.")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "calls\tattempts\tretries\tthrottled\tearly\tfailed\tamplif.\t  operation, client")
	for _, l := range lines {
		fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\t%d\t%.2f\t  %s, %s\n", l.Calls, l.Attempts, l.Retries, l.Throttled, l.Early, l.Failed, l.Amplification, l.Op, l.Client)
	}
	return t.Flush()
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
