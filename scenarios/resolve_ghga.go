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

// resolve fills in what the services have by default, as far as it matters for what becomes of the files.
func (g *GHGA) resolve(do string) {
	def(&g.TokenExpiry, ExpiryEnforced)
	def(&g.TokenLifetime, units.Duration(30*time.Second))
	switch do {
	case DoUpload:
		def(&g.PartURLLifetime, units.Duration(time.Hour))
		def(&g.MaxOpenUploads, 5)
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
