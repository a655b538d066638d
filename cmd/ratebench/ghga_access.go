package main

import (
	"bytes"
	"cmp"
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/contestants"
	"github.com/ratebench/ratebench/internal/runner"
	"github.com/ratebench/ratebench/internal/units"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/transport"
)

// keyFlags say with which key files are encrypted and decrypted.
type keyFlags struct {
	Key            string `env:"RATEBENCH_GHGA_KEY" placeholder:"FILE" help:"Your secret key, of Crypt4GH, OpenSSH (Ed25519), or in PEM (X25519, Ed25519)."`
	PassphraseFile string `placeholder:"FILE" help:"File with the key's passphrase. Default: it is asked for on a terminal."`
}

// accessFlags say which deployment, who asks, and how.
type accessFlags struct {
	keyFlags
	WellKnown   string `env:"RATEBENCH_GHGA_WELL_KNOWN" placeholder:"URL" help:"Where the deployment says where its services are. Default: https://data.ghga.de/.well-known."`
	WorkPackage string `env:"RATEBENCH_GHGA_WORK_PACKAGE" placeholder:"FILE" help:"File with what you were given for the work package, <id>:<token>; - reads standard input. Default: it is asked for on a terminal."`
	Behaviour   string `enum:"fixed,as-is" default:"fixed" placeholder:"NAME" help:"fixed, or as-is for that of GHGA Connector 3.1.0, weaknesses included. Default: fixed."`
	Stack       string `placeholder:"NAME" help:"Contestant whose retries and limits carry the requests; see ratebench list contestants. Default: that of the behaviour."`

	With map[string]string `mapsep:"," placeholder:"NAME=VALUE" help:"Parameters of the stack and the behaviour, such as attempts=12, timeout=5m or max_wait_time=3h. \"ratebench list contestants connector-fixed\" lists them with their defaults."`
}

// paceFlags spare the Upload Controller.
type paceFlags struct {
	CallInterval time.Duration `placeholder:"TIME" help:"Least time between two calls to the Upload Controller (UCS), for all files together, such as 500ms. What the stack tries again goes by its own waits. Default: 0s, none."`
}

// check refuses what cannot be.
func (f paceFlags) check() error {
	if f.CallInterval < 0 {
		return usagef("--call-interval %v: a time cannot be negative", f.CallInterval)
	}
	return nil
}

// set puts it into a configuration, unless it was not given: the parameters may say another one.
func (f paceFlags) set(cfg *connector.Config) {
	if f.CallInterval > 0 {
		cfg.Behaviour.CallInterval = f.CallInterval
	}
}

// productionGHGA is GHGA itself.
const productionGHGA = "https://data.ghga.de/.well-known"

// partFlags say how a file is moved.
type partFlags struct {
	PartSize *units.Size `placeholder:"SIZE" help:"Size of the parts. Default: 64MiB."`
	InFlight int         `placeholder:"N" default:"5" help:"Parts under way at once. Default: 5."`
}

// check refuses what cannot be.
func (f partFlags) check() error {
	if f.InFlight < 1 {
		return usagef("--in-flight %d: at least one part has to be under way", f.InFlight)
	}
	if f.PartSize != nil && *f.PartSize < 1 {
		return usagef("--part-size: a part has at least one byte")
	}
	return nil
}

// raised says that parts will be larger than was asked for: no S3 takes smaller ones in an upload.
func (f partFlags) raised(w io.Writer) {
	if f.PartSize == nil {
		return
	}
	asked := int64(*f.PartSize)
	if got := connector.PartSize(asked, 1); asked < 5<<20 {
		fmt.Fprintf(w, "ratebench: --part-size %s is below S3's least for uploads: parts have %s\n", size(asked), size(got))
	}
}

// key reads the key pair, and asks for the passphrase if need be.
func (f keyFlags) key(io *streams) (connector.KeyPair, error) {
	var pair connector.KeyPair
	if f.Key == "" { // an empty variable counts as none
		return pair, usagef("no key: name the file with your secret key with --key FILE")
	}
	file, err := readSecret(f.Key, "--key")
	if err != nil {
		return pair, err
	}
	if is := otherKey(file); is != "" {
		return pair, usagef("--key %s is %s; what is needed is %s", f.Key, is, keyKinds)
	}
	private, err := parseKey(file, nil)
	if err != nil {
		private, err = parseKey(file, []byte{}) // some tools encrypt with an empty passphrase
	}
	if err != nil {
		var passphrase []byte
		if f.PassphraseFile != "" {
			if passphrase, err = readSecret(f.PassphraseFile, "--passphrase-file"); err != nil {
				return pair, err
			}
			passphrase = bytes.TrimRight(passphrase, "\r\n")
		} else if !needsPassphrase(file) {
			return pair, usagef("--key %s is no key that can be read; what is needed is %s", f.Key, keyKinds)
		} else if passphrase, err = io.askSecret("Passphrase of "+plainText(f.Key), "--passphrase-file FILE"); err != nil {
			return pair, err
		}
		if private, err = parseKey(file, passphrase); err != nil {
			return pair, usagef("--key %s: the passphrase is wrong, or the file is damaged", f.Key)
		}
	}
	debug.FreeOSMemory() // scrypt has left 16 MiB behind, and the heap would now be let grow to twice that
	return connector.KeyPair{Public: keys.DerivePublicKey(private), Private: private}, nil
}

// needsPassphrase tells a key that is encrypted, or that nobody can read, from what is no key at all.
func needsPassphrase(file []byte) bool {
	return bytes.Contains(file, []byte("-----BEGIN ")) && bytes.Contains(file, []byte("PRIVATE KEY-----"))
}

// parseKey reads a key. The crypt4gh module trusts the lengths in it, and takes keys of other kinds for one of zeros.
func parseKey(file, passphrase []byte) (private [32]byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the key is damaged")
		}
	}()
	private, err = keys.ReadPrivateKey(bytes.NewReader(file), passphrase)
	if err == nil && private == [32]byte{} {
		err = errors.New("it is no secret key of Crypt4GH or Ed25519")
	}
	return private, err
}

// access puts together what lets the user in: bad input is found before anything is asked of the network.
func (f accessFlags) access(io *streams) (connector.Access, error) {
	var a connector.Access
	var err error
	a.WellKnown, err = url.Parse(cmp.Or(f.WellKnown, productionGHGA))
	if err != nil || a.WellKnown.Scheme != "http" && a.WellKnown.Scheme != "https" || a.WellKnown.Host == "" || a.WellKnown.User != nil {
		return a, usagef("--well-known is no URL such as https://data.ghga.de/.well-known")
	}
	if f.WorkPackage == "" { // a token that is pasted while the key is still being read is not to be shown
		show, err := io.hush()
		if err != nil {
			return a, err
		}
		defer show()
	}
	if a.Key, err = f.key(io); err != nil {
		return a, err
	}
	var pasted []byte
	if f.WorkPackage == "-" {
		pasted, err = readSecretFrom(io.in, "--work-package")
	} else if f.WorkPackage != "" {
		pasted, err = readSecret(f.WorkPackage, "--work-package")
	} else {
		pasted, err = io.askSecret("Work package, <id>:<token>", "--work-package FILE")
	}
	if err != nil {
		return a, err
	}
	a.WorkPackage, a.Token, err = connector.OpenToken(string(bytes.TrimSpace(pasted)), a.Key)
	return a, withExit(exitUsage, err)
}

// connect makes a Connector. It asks nobody yet. close ends its connections. The bar shows what it tells.
func (f accessFlags) connect(a connector.Access, bar *transfers, parts partFlags, change func(*connector.Config)) (c *connector.Connector, close func(), err error) {
	cfg := connector.Config{Access: a, InFlight: parts.InFlight}
	if parts.PartSize != nil {
		cfg.PartSize = int64(*parts.PartSize)
	}
	pool, err := newWire()
	if err != nil {
		return nil, nil, err
	}
	wire := &meter{Transport: pool, trouble: bar.trouble}
	bar.meter, cfg.Progress, cfg.Wire = wire, bar.event, wire
	stack, behaviour, err := f.stack(wire, parts.InFlight, cfg.PartSize)
	if err != nil {
		return nil, nil, err
	}
	cfg.Stack, cfg.Behaviour, bar.limit = stack, &behaviour, limitOf(behaviour)
	change(&cfg)
	c, err = connector.New(cfg)
	return c, wire.CloseIdleConnections, err
}

// limitOf says how long a behaviour goes on trying.
func limitOf(b connector.Behaviour) string {
	often := "as often as the stack does"
	if b.PartAttempts > 1 {
		often = fmt.Sprintf("until %d attempts have been made, the stack's included", b.PartAttempts)
	}
	return fmt.Sprintf(" (a part or call %s, an upload in up to %d passes)", often, 1+b.FilePasses)
}

// stack is the stack of a contestant over a wire, and what goes on above it.
func (f accessFlags) stack(wire http.RoundTripper, inFlight int, partSize int64) (http.RoundTripper, connector.Behaviour, error) {
	behaviour := connector.Fixed()
	if f.Behaviour == "as-is" {
		behaviour = connector.AsIs()
	}
	own := "connector-" + f.Behaviour
	name := cmp.Or(f.Stack, own)
	if _, err := contestants.Find(name); err != nil {
		return nil, behaviour, withExit(exitUsage, fmt.Errorf("--stack: %w", err))
	}
	made, err := contestants.New(name, "", f.With)
	if err != nil {
		return nil, behaviour, withExit(exitUsage, fmt.Errorf("--with: %w", err))
	}
	s, ok := made.(runner.StackContestant)
	if !ok {
		return nil, behaviour, usagef("--stack %s: that is an S3 SDK, not a stack", name)
	}
	switch c, ok := made.(workloads.ConnectorContestant); {
	case !ok: // those have a timeout of their own
		wire = transport.IdleTimeout(time.Minute)(wire)
	case name == own:
		behaviour = c.Behaviour()
	case len(f.With) > 0:
		return nil, behaviour, usagef("--with: it is not clear whether --stack %s or --behaviour %s is meant: leave one of them out", name, f.Behaviour)
	}
	var seed [16]byte
	_, _ = crand.Read(seed[:]) // never fails
	return s.RoundTripper(runner.Client{
		Wire: wire, Concurrency: inFlight, PartSize: partSize,
		Rand: rand.New(rand.NewPCG(binary.LittleEndian.Uint64(seed[:]), binary.LittleEndian.Uint64(seed[8:]))),
	}), behaviour, nil
}

// moved is what a command that moves files ends in: its own error, unless it was interrupted.
func moved(ctx context.Context, err error, kept string) error {
	if errors.Is(context.Cause(ctx), errInterrupted) {
		return &exitError{exitInterrupted, errors.New("interrupted; " + kept)}
	}
	return err
}

// reach lets do talk to a deployment, for commands that move no files.
func (f accessFlags) reach(ctx context.Context, io *streams, pace paceFlags, do func(context.Context, *connector.Connector) error) error {
	a, err := f.access(io)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx, io.err)
	defer stop()
	conn, hangUp, err := f.connect(a, newTransfers(io.err), partFlags{}, pace.set)
	if err != nil {
		return err
	}
	defer hangUp()
	return do(ctx, conn)
}
