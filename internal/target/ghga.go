package target

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/neicnordic/crypt4gh/keys"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/faultserver/ghga"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/workloads"
	"github.com/ratebench/ratebench/scenarios"
)

// storageAlias is the name of the one storage that the UCS has.
const storageAlias = "ratebench"

// accessionMark stands before the ordinal of a file that is downloaded.
const accessionMark = "GHGAF"

// platform is GHGA's control plane of one trial. It implements workloads.GHGASide.
type platform struct {
	*ghga.Platform
	of    *trial
	aside http.RoundTripper // to S3, past the faults

	mu     sync.Mutex // guards all below
	access map[int]connector.Access
	stored map[int]string // SHA-256 in hex of what was stored, by ordinal
	goOn   map[int]bool   // ordinals of files whose uploads are not over

	job context.CancelFunc // ends the UCS's clean-up job; nil: it was not begun
	end sync.WaitGroup     // of the job
}

// begin starts the clean-up job with the trial's clock, so that it comes by at the same times in every run.
func (p *platform) begin() {
	if p == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.job = cancel
	p.end.Go(func() { p.KeepClean(ctx) })
}

// stop ends the job and waits for it: what is left open when a trial is over is counted.
func (p *platform) stop() {
	if p == nil || p.job == nil {
		return
	}
	p.job()
	p.end.Wait()
}

// openGHGA puts the control plane behind the faults, beside the S3 that its presigned URLs lead to.
func (x *trial) openGHGA() error {
	g, do := x.site.scenario.GHGA, x.site.scenario.Workload.Do
	cfg := gateway.PlatformConfig(g)
	cfg.Endpoint, cfg.PublicEndpoint, cfg.Transport = x.direct.Endpoint, x.through.Endpoint, x.wire()
	cfg.Region, cfg.Bucket, cfg.AccessKey, cfg.SecretKey = x.direct.Region, x.direct.Bucket, x.direct.AccessKey, x.direct.SecretKey
	cfg.StorageAlias, cfg.NewID = storageAlias, seededIDs(x.seed)
	if do == scenarios.DoDelete {
		cfg.MaxOpenUploads = -1 // half of the files are
	}
	p, err := ghga.NewPlatform(cfg)
	if err != nil {
		return err
	}
	x.platform = &platform{
		Platform: p, of: x, aside: x.wire(), access: map[int]connector.Access{}, stored: map[int]string{}, goOn: map[int]bool{},
	}
	x.ucs = p.UCS()
	x.ucsFront, err = x.listen(x.faults.Handler(p, ops.GHGA), x.faults.Listener)
	return err
}

// GHGA implements workloads.Deployment.
func (x *trial) GHGA() workloads.GHGASide {
	if x.platform == nil {
		return nil
	}
	return x.platform
}

// seededIDs makes UUIDs of version 4 that are the same for a seed.
func seededIDs(seed uint64) func() uuid.UUID {
	rng := rand.New(rand.NewPCG(seed, 4))
	return func() uuid.UUID {
		var b [16]byte
		for i := range b {
			b[i] = byte(rng.Uint64())
		}
		id, _ := uuid.NewRandomFromReader(strings.NewReader(string(b[:]))) // it has as many bytes as it needs
		return id
	}
}

// Access implements workloads.GHGASide.
func (p *platform) Access(client int, accessions ...string) (connector.Access, error) {
	if p.of.site.scenario.GHGA.SharedBox {
		client = -1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.access[client]; ok && len(accessions) == 0 {
		return a, nil
	}
	public, private, err := keys.GenerateKeyPair()
	if err != nil {
		return connector.Access{}, fmt.Errorf("making a user's keys: %w", err)
	}
	made := func() (ghga.WorkPackage, error) {
		if len(accessions) > 0 {
			return p.NewDownloadPackage(public, accessions...)
		}
		return p.NewUploadPackage(public)
	}
	wp, err := made()
	if err != nil {
		return connector.Access{}, fmt.Errorf("making a work package: %w", err)
	}
	a := connector.Access{
		WellKnown: p.of.ucsFront.url.JoinPath(".well-known"), WorkPackage: wp.ID, Token: wp.Token,
		Key: connector.KeyPair{Public: public, Private: private},
	}
	p.access[client] = a
	return a, nil
}

// Accession implements workloads.GHGASide.
func (p *platform) Accession(ordinal int) string {
	return fmt.Sprintf("%s%014d", accessionMark, ordinal)
}

// Alias implements workloads.GHGASide.
func (p *platform) Alias(ordinal int) string { return objectMark[1:] + strconv.Itoa(ordinal) }

// Store implements workloads.GHGASide.
func (p *platform) Store(ctx context.Context, ordinal int, content io.Reader, size int64) error {
	h := sha256.New()
	if err := p.Platform.Store(ctx, p.Accession(ordinal), ".dat", io.TeeReader(content, h), size); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stored[ordinal] = hex.EncodeToString(h.Sum(nil))
	return nil
}

// GoesOn implements workloads.GHGASide.
func (p *platform) GoesOn(ordinal int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.goOn[ordinal] = true
}

// Orphans counts, past the faults, the multipart uploads that are open at S3 though nobody will go on with them. Negative: the trial has no
// control plane that could leave any.
func (x *trial) Orphans(ctx context.Context) (int, error) {
	if x.platform == nil || x.site.scenario.Workload.Do == scenarios.DoDownload {
		return -1, nil
	}
	open, err := x.platform.Open(ctx)
	if err != nil {
		return -1, fmt.Errorf("counting the uploads that are open: %s", reason(err))
	}
	n := 0
	for _, id := range open {
		s, known := x.platform.State(id)
		ordinal, ours := ordinalOf(s.Alias)
		x.platform.mu.Lock()
		if !known || !ours || !x.platform.goOn[ordinal] {
			n++
		}
		x.platform.mu.Unlock()
	}
	return n, nil
}
