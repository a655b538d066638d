package ghga

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/google/uuid"
	sealedbox "golang.org/x/crypto/nacl/box"
)

// Platform is WKVS, WPS, UCS and DCS on one address, below /.well-known, /wps, /ucs and /dcs. It is an http.Handler and safe for
// concurrent use. The addresses that it hands out are those of the host that it was asked at.
type Platform struct {
	cfg      PlatformConfig
	ucs      *UCS
	wps      *packages
	dcs      *archive
	rs       *authority
	services map[string]http.Handler // by the first segment of the path

	hubPublic, hubPrivate [32]byte

	archiving sync.Mutex // held while one file is archived
}

// NewPlatform makes a control plane without work packages. It asks nothing of S3 yet.
func NewPlatform(cfg PlatformConfig) (*Platform, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	wps, err := newAuthority(cfg.TokenLifetime)
	if err != nil {
		return nil, err
	}
	rs, err := newAuthority(cfg.TokenLifetime)
	if err != nil {
		return nil, err
	}
	public, private, err := sealedbox.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("ghga: the data hub's key: %w", err)
	}
	p := &Platform{cfg: cfg, rs: rs, hubPublic: *public, hubPrivate: *private}
	tokens := func(refusal int) *verifier {
		return &verifier{wps: &wps.key.PublicKey, rs: &rs.key.PublicKey, ignoreExpiry: cfg.IgnoreExpiry, leeway: cfg.Leeway, refusal: refusal}
	}
	p.ucs, err = newUCS(cfg.Config, tokens(http.StatusUnauthorized), uploadRules{
		urlInterval: cfg.PartURLInterval, urlBuildup: cfg.PartURLBuildup, hintFactor: cfg.RetryAfterFactor, versionRace: cfg.VersionRace,
		checkParts: cfg.CheckPartSizes, uploadTTL: cfg.UploadTTL,
	})
	if err != nil {
		return nil, err
	}
	p.wps = newPackages(wps)
	p.dcs = newArchive(p, tokens(http.StatusForbidden))
	p.services = map[string]http.Handler{}
	for name, s := range map[string]*service{".well-known": p.wkvs(), "wps": p.wps.service, "ucs": p.ucs.service, "dcs": p.dcs.service} {
		s.strict = cfg.RequireCorrelationID
		p.services[name] = http.StripPrefix("/"+name, s)
	}
	return p, nil
}

// ServeHTTP answers one request.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if s := p.services[first]; s != nil {
		s.ServeHTTP(w, r)
		return
	}
	sendJSON(w, http.StatusNotFound, map[string]string{"detail": "Not Found"})
}

// UCS is the Upload Controller of the platform; its own methods go past the tokens.
func (p *Platform) UCS() *UCS { return p.ucs }

// HubKey is the data hub's key pair, for which uploads are encrypted.
func (p *Platform) HubKey() (public, private [32]byte) { return p.hubPublic, p.hubPrivate }

// State tells what the UCS has of a file: its state, as in listings, and what the client said of it when it completed it.
// ok is false for an unknown file.
func (p *Platform) State(fileID string) (s FileState, ok bool) { return p.ucs.State(fileID) }

// Open lists the multipart uploads that are open in S3, past the faults: the ids of the files they are for, or empty ids for those that no
// file knows any more.
func (p *Platform) Open(ctx context.Context) (files []string, err error) {
	return p.ucs.OpenUploads(ctx)
}

// OrdinalOf leads from any name under which a request may know a file back to the one that is the same in every run: from the id of an
// upload, or the key of its object in S3, to its alias, and from the id or the key of a file for download to its accession. ok is false for
// other names; aliases and accessions themselves are among them.
func (p *Platform) OrdinalOf(name string) (alias string, ok bool) { return p.ucs.OrdinalOf(name) }

// BoxToken signs a token for the UCS's endpoints that rule boxes, as the service does that does so in GHGA (RS). Work is one of create (a new
// box; the id does not count), lock, unlock, archive, resize, delete_box and view, or of delete with a file of the box.
func (p *Platform) BoxToken(work string, boxID, fileID uuid.UUID) (string, error) {
	return p.rs.sign(workOrder{Work: work, BoxID: boxID, FileID: fileID})
}
