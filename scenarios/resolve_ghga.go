package scenarios

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// What becomes of the files of a workload of kind ghga.
const (
	DoUpload   = "upload"
	DoDownload = "download"
	DoDelete   = "delete"
)

// Whether work order tokens run out.
const (
	ExpiryEnforced = "enforced"
	ExpiryIgnored  = "ignored"
)

// What becomes of requests without a correlation ID.
const (
	CorrelationGenerated = "generated"
	CorrelationRequired  = "required"
)

// What the services have by default that bears upon the oracle.
const (
	tokenLifetime  = units.Duration(30 * time.Second)
	maxOpenUploads = 5
	uploadTTL      = units.Duration(72 * time.Hour)
	cleanupEvery   = units.Duration(time.Hour)
)

// untold is the key of a limit that GHGA's services have of their own and that holds files up: no rule of the fault server says it, so the
// oracle is not told and is no yardstick. Empty: there is none. The scenario is resolved.
func (s *Scenario) untold() string {
	w, g := s.Workload, s.GHGA
	switch {
	case w.Kind != KindGHGA:
	case g.PartURLInterval > 0:
		return "part_url_interval"
	case w.Do == DoUpload && g.MaxOpenUploads < maxOpenUploads, w.Do == DoUpload && g.SharedBox && w.Clients > g.MaxOpenUploads:
		return "max_open_uploads"
	case w.Do == DoUpload && g.UploadTTL > 0 && g.UploadTTL < uploadTTL:
		return "upload_ttl"
	case w.Do == DoUpload && g.CleanupInterval > 0 && g.CleanupInterval < cleanupEvery: // it takes creations that are under way for orphans
		return "cleanup_interval"
	case g.TokenLifetime < tokenLifetime && g.TokenExpiry == ExpiryEnforced:
		return "token_lifetime"
	}
	return ""
}

// resolve fills in what the services have by default, as far as it matters for what becomes of the files.
func (g *GHGA) resolve(do string) {
	def(&g.TokenExpiry, ExpiryEnforced)
	def(&g.TokenLifetime, tokenLifetime)
	switch do {
	case DoUpload:
		def(&g.PartURLLifetime, units.Duration(time.Hour))
		def(&g.MaxOpenUploads, maxOpenUploads)
		if g.PartURLInterval > 0 {
			def(&g.PartURLBuildup, 10)
		}
	case DoDownload:
		def(&g.DownloadURLLifetime, units.Duration(30*time.Second))
		if g.Staging > 0 {
			def(&g.RetryAfterMin, units.Duration(5*time.Second))
		}
	}
}
