package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/s3"
	"github.com/ratebench/ratebench/internal/workloads"
)

// ghgaUpload measures whether encryption, hashing and upload overlap: what GHGA's upload reaches, beside what two cores could
// do if all the stages of a byte, each measured alone, were spread over them without a gap. The upload has no more than those two either: on more
// it would reach the bar without any overlap.
func ghgaUpload(ctx context.Context, s size) ([]figure, error) {
	defer onTwoCores()()
	d, err := deploy()
	if err != nil {
		return nil, err
	}
	defer d.close()
	if _, ok := coreSeconds(); !ok {
		return nil, nil // the system does not tell
	}
	for _, stage := range d.stages(ctx, s.ghgaPart) { // what is done for the first time costs more
		if err := stage.run(); err != nil {
			return nil, fmt.Errorf("%s: %w", stage.name, err)
		}
	}
	var sums [stageCount]float64
	ours, ideal, ratio, err := pairs(s.pairs, func() (float64, error) { return d.upload(ctx, s.ghga, s.ghgaPart) }, func() (float64, error) {
		sum := 0.0
		for i, stage := range d.stages(ctx, s.ghgaPart) {
			cost, err := perMiB(stage.run, stage.bytes)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", stage.name, err)
			}
			sums[i] += cost / float64(s.pairs)
			sum += cost
		}
		return float64(cores()) / sum, nil
	})
	if err != nil {
		return nil, err
	}
	var each string
	for i, name := range stageNames {
		each += fmt.Sprintf(" + %s %.2f", name, 1000*sums[i])
	}
	return []figure{{
		name: fmt.Sprintf("GHGA upload, parts of %d MiB, 5 in flight", s.ghgaPart>>20),
		ours: fmt.Sprintf("%.0f MiB/s", ours), base: fmt.Sprintf("%.0f MiB/s of %d cores without a gap (core-ms/MiB: %s)", ideal, cores(), each[3:]),
		measured: ratio, bar: 0.8,
	}}, nil
}

// onTwoCores holds the process to two cores, until what it returns is called.
func onTwoCores() (putBack func()) {
	before := runtime.GOMAXPROCS(cores())
	return func() { runtime.GOMAXPROCS(before) }
}

// cores are two, or what there is.
func cores() int { return min(2, runtime.GOMAXPROCS(0)) }

// deployment is a control plane and an S3 that keeps no bytes, on loopback ports, without faults.
type deployment struct {
	store    *s3.Server
	storeURL string
	platform *ghga.Platform
	access   connector.Access
	pasted   string // what a user pastes: id and sealed token of the work package
	ends     []func()
	files    int
}

const (
	deployedKey    = "ratebench"
	deployedSecret = "ratebench-embedded"
	deployedBucket = "inbox"
)

func deploy() (d *deployment, err error) {
	d = &deployment{}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.store, err = s3.New(s3.Config{AccessKey: deployedKey, SecretKey: deployedSecret, Buckets: []string{deployedBucket}}); err != nil {
		return d, err
	}
	var end func()
	if d.storeURL, end, err = serve(d.store); err != nil {
		return d, err
	}
	d.ends = append(d.ends, end)
	endpoint, err := url.Parse(d.storeURL)
	if err != nil {
		return d, err
	}
	d.platform, err = ghga.NewPlatform(ghga.PlatformConfig{Config: ghga.Config{
		Endpoint: endpoint, Bucket: deployedBucket, AccessKey: deployedKey, SecretKey: deployedSecret,
	}})
	if err != nil {
		return d, err
	}
	at, end, err := serve(d.platform)
	if err != nil {
		return d, err
	}
	d.ends = append(d.ends, end)
	if d.access.WellKnown, err = url.Parse(at + "/.well-known"); err != nil {
		return d, err
	}
	if d.access.Key.Public, d.access.Key.Private, err = keys.GenerateKeyPair(); err != nil {
		return d, err
	}
	p, err := d.platform.NewUploadPackage(d.access.Key.Public)
	d.access.WorkPackage, d.access.Token, d.pasted = p.ID, p.Token, p.ID+":"+p.Sealed
	return d, err
}

func (d *deployment) close() {
	for _, end := range d.ends {
		end()
	}
}

// upload moves a file with the connector and returns MiB/s.
func (d *deployment) upload(ctx context.Context, bytes, partSize int64) (float64, error) {
	wire := &http.Transport{MaxIdleConnsPerHost: 8, DisableCompression: true}
	defer wire.CloseIdleConnections()
	c, err := connector.New(connector.Config{Access: d.access, Stack: wire, PartSize: partSize})
	if err != nil {
		return 0, err
	}
	d.files++
	start := time.Now()
	up, err := c.Upload(ctx, connector.Source{Alias: fmt.Sprintf("file-%d", d.files), Size: bytes, Content: io.NewSectionReader(workloads.Content(1, d.files), 0, bytes)})
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	state, ok := d.platform.State(up.FileID)
	if !ok || state.State != "inbox" || state.EncryptedSize != connector.EncryptedSize(bytes) {
		return 0, errors.New("the Upload Controller does not have the file as it was sent")
	}
	return float64(bytes) / (1 << 20) / took.Seconds(), nil
}
