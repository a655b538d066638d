package ghga

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// PlatformConfig says how a whole control plane is to be. Config is the UCS's, with the S3 behind all of them. The zero values of the
// rest stand for the services' own defaults.
type PlatformConfig struct {
	Config
	// IgnoreExpiry accepts work order tokens that have run out, as a UCS does whose auth_check_claims are empty. Leeway is how long after
	// their 30 s they are accepted where expiry counts; the service's is 60 s, and zero is none.
	IgnoreExpiry bool
	Leeway       time.Duration
	// TokenLifetime of work order tokens, in whole seconds. Zero: 30 s.
	TokenLifetime time.Duration
	// PartURLInterval is in which time a file's bucket of part URLs gets one more; a request that finds it empty is refused with 429 and
	// Retry-After. Zero: no limit. PartURLBuildup is how many it holds, at first too. Zero: 10.
	PartURLInterval time.Duration
	PartURLBuildup  int
	// RetryAfterFactor multiplies what the 429 of that bucket says, in seconds. Zero: 1. The epic's formula has a slip that makes it a million.
	RetryAfterFactor float64
	// VersionRace makes completions of one box that overlap fail with 500 after they have been carried out, as the service does.
	VersionRace bool
	// Staging is how long a file takes until it can be downloaded, from the first time that it is asked for. Zero: none.
	Staging time.Duration
	// RetryAfterMin and RetryAfterMax bound what the DCS says while it stages. Zero: 5 s and 300 s. StagingSpeed is what it reckons with, in
	// bytes per second; zero: 100 MB/s.
	RetryAfterMin, RetryAfterMax time.Duration
	StagingSpeed                 float64
	// DownloadURLLifetime of presigned download URLs, in whole seconds. Zero: 30 s.
	DownloadURLLifetime time.Duration
}

// Platform is WKVS, WPS, UCS and DCS on one address, below /.well-known, /wps, /ucs and /dcs. It is an http.Handler and safe for
// concurrent use. The addresses that it hands out are those of the host that it was asked at.
type Platform struct{}

// NewPlatform makes a control plane without work packages. It asks nothing of S3 yet.
func NewPlatform(cfg PlatformConfig) (*Platform, error) {
	return nil, errors.New("ghga: not built yet")
}

// ServeHTTP answers one request.
func (p *Platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// WorkPackage is what a user gets: the id, and the access token both in plain text and sealed with the user's key.
type WorkPackage struct {
	ID, Token, Sealed string
	BoxID             uuid.UUID // of an upload package: the FileUploadBox
}

// NewUploadPackage makes a box and a work package for uploads to it.
func (p *Platform) NewUploadPackage(userPublicKey [32]byte) (WorkPackage, error) {
	return WorkPackage{}, errors.New("ghga: not built yet")
}

// NewDownloadPackage makes a work package for files that are stored.
func (p *Platform) NewDownloadPackage(userPublicKey [32]byte, accessions ...string) (WorkPackage, error) {
	return WorkPackage{}, errors.New("ghga: not built yet")
}

// Store encrypts a file and puts it where the DCS finds it, past the faults. The name of an accession is GHGAF and digits; ext begins
// with a dot, or is empty. OrdinalOf leads from its key in S3 back to the accession.
func (p *Platform) Store(ctx context.Context, accession, ext string, content io.Reader, size int64) error {
	return errors.New("ghga: not built yet")
}

// UCS is the Upload Controller of the platform; its own methods go past the tokens.
func (p *Platform) UCS() *UCS { return nil }

// HubKey is the data hub's key pair, for which uploads are encrypted.
func (p *Platform) HubKey() (public, private [32]byte) { return }

// State tells what the UCS has of a file: its state, as in listings, and what the client said of it when it completed it.
// ok is false for an unknown file.
func (p *Platform) State(fileID string) (s FileState, ok bool) { return }

// FileState is what the UCS has of a file.
type FileState struct {
	Alias, State                 string
	DecryptedSize, EncryptedSize int64
	DecryptedSHA256              string // as the client said
}

// Open lists the multipart uploads that are open in S3, past the faults: the ids of the files they are for, or empty ids for those that no
// file knows any more.
func (p *Platform) Open(ctx context.Context) (files []string, err error) {
	return nil, errors.New("ghga: not built yet")
}
