package scenarios

import (
	"slices"
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// maxURLLifetime is the longest that S3 lets a presigned URL live.
const maxURLLifetime = units.Duration(7 * 24 * time.Hour)

// leastRange is the least part size of downloads, which have no limit of S3's: less makes more requests than files have sense for.
const leastRange = 64 * units.KiB

// ghgaOnly refuses what belongs to kind ghga where the workload is another.
func (c *checker) ghgaOnly() {
	if c.Workload.Kind == KindGHGA {
		return
	}
	if c.given("ghga") {
		c.fail("ghga", "is for files that the GHGA Connector moves: remove it, or write kind: ghga")
	}
	if c.given("workload.do") {
		c.fail("workload.do", "is for files that the GHGA Connector moves: remove it, or write kind: ghga")
	}
}

// ghga checks a workload of kind ghga.
func (c *checker) ghga() {
	w := c.Workload
	if c.given("workload.part_urls") {
		c.fail("workload.part_urls", "files of kind ghga always get their part URLs from the Upload Controller: remove it")
	}
	for _, key := range []string{"arrival_rate", "stand_in"} {
		if c.given("workload." + key) {
			c.fail("workload."+key, "is nothing that the GHGA Connector does: it moves every byte, one file after the other; remove it")
		}
	}
	if w.Payload == "counted" {
		c.fail("workload.payload", "files are decrypted to be verified, so their bytes count: remove it")
	}
	if c.Backend.Keep == "digests" {
		c.fail("backend.keep", "files are decrypted to be verified, which needs their bytes: write bytes, or remove it")
	}
	if w.Objects == 0 && w.Do != DoUpload {
		c.fail("workload.objects", "is missing: files to %s have to be there before the clock starts: write how many each client has", w.Do)
	}
	if key := c.untold(); *c.Oracle && key != "" {
		c.fail("oracle", "it is told the plan of the fault server, and nothing of ghga.%s, which holds it up like everybody: it is no yardstick there; write oracle: false, or remove it", key)
	}
	if w.Do == DoDelete {
		const alike = "deleting moves no parts, so the trials of all values would be the same: write one"
		if len(w.PartSize) > 1 {
			c.fail("workload.part_size", alike)
		}
		if len(w.Concurrency) > 1 {
			c.fail("workload.concurrency", alike)
		}
	}
	c.services()
}

// services checks how the control plane is.
func (c *checker) services() {
	g, do := c.GHGA, c.Workload.Do
	c.lifetime("token_lifetime", g.TokenLifetime, 0)
	c.lifetime("part_url_lifetime", g.PartURLLifetime, maxURLLifetime)
	c.lifetime("download_url_lifetime", g.DownloadURLLifetime, maxURLLifetime)
	c.lifetime("retry_after_min", g.RetryAfterMin, 0)
	for _, k := range []struct {
		key string
		do  []string
	}{
		{"part_url_lifetime", []string{DoUpload}}, {"part_url_interval", []string{DoUpload}}, {"part_url_buildup", []string{DoUpload}},
		{"max_open_uploads", []string{DoUpload}}, {"version_race", []string{DoUpload, DoDelete}}, {"shared_box", []string{DoUpload, DoDelete}},
		{"check_part_sizes", []string{DoUpload}}, {"upload_ttl", []string{DoUpload, DoDelete}}, {"cleanup_interval", []string{DoUpload, DoDelete}},
		{"download_url_lifetime", []string{DoDownload}}, {"staging", []string{DoDownload}}, {"retry_after_min", []string{DoDownload}},
	} {
		if c.given("ghga."+k.key) && !slices.Contains(k.do, do) {
			c.fail("ghga."+k.key, "has no part in do: %s: remove it, or write do: %s", do, k.do[0])
		}
	}
	if g.TokenExpiry == ExpiryIgnored && g.Leeway > 0 {
		c.fail("ghga.leeway", "tokens that never run out have none: remove it, or write token_expiry: enforced")
	}
	if c.given("ghga.part_url_interval") && g.PartURLInterval == 0 {
		c.fail("ghga.part_url_interval", "0s would be no limit: write more, or remove the key")
	}
	if c.given("ghga.part_url_buildup") && do == DoUpload && g.PartURLInterval == 0 && !c.given("ghga.part_url_interval") {
		c.fail("ghga.part_url_buildup", "is how much a bucket holds that there is not: write part_url_interval as well, or remove it")
	}
	c.cleanup()
	if do == DoDownload && c.Timeout > 0 && g.Staging >= c.Timeout { // files are staged at the same time
		c.fail("ghga.staging", "%s is no less than timeout, which is %s: no contestant can end in time; write less or a longer timeout", g.Staging, c.Timeout)
	}
	if c.given("ghga.retry_after_min") && do == DoDownload && g.Staging == 0 {
		c.fail("ghga.retry_after_min", "nothing is staged, so nobody is told to come back: write staging as well, or remove it")
	}
}

// leastCleanup is the least time of the clean-up job: less is more of it than of the trial.
const leastCleanup = units.Duration(time.Millisecond)

// cleanup checks how uploads are taken away that nobody goes on with.
func (c *checker) cleanup() {
	g := c.GHGA
	for _, k := range []struct {
		key string
		d   units.Duration
	}{{"upload_ttl", g.UploadTTL}, {"cleanup_interval", g.CleanupInterval}} {
		if c.given("ghga."+k.key) && k.d < leastCleanup {
			c.fail("ghga."+k.key, "%s is too short to measure anything: write %s or more, or remove the key", k.d, leastCleanup)
		}
	}
	every := g.CleanupInterval
	if every == 0 {
		every = cleanupEvery
	}
	if c.Workload.Do == DoDownload || c.Timeout <= 0 || every < c.Timeout {
		return
	}
	switch {
	case c.given("ghga.cleanup_interval"):
		c.fail("ghga.cleanup_interval", "%s is no less than timeout, which is %s: no trial would see the job; write less or a longer timeout", every, c.Timeout)
	case c.given("ghga.upload_ttl"):
		c.fail("ghga.upload_ttl", "the job that looks at it comes by every %s, and timeout is %s: no trial would see it; write cleanup_interval as well", every, c.Timeout)
	}
}

// lifetime checks a time that is told in whole seconds.
func (c *checker) lifetime(key string, d, most units.Duration) {
	path := "ghga." + key
	switch {
	case c.given(path) && d == 0:
		c.fail(path, "0s would be over before it begins: write at least 1s, or remove the key")
	case d%units.Duration(time.Second) != 0:
		c.fail(path, "%s is told in whole seconds: write 1s or a multiple of it", d)
	case most > 0 && d > most:
		c.fail(path, "%s is longer than S3 lets a URL live: write %s or less", d, most)
	}
}

// leastPart is the smallest part that a workload may have.
func (w *Workload) leastPart() units.Size {
	if w.Kind == KindGHGA && w.Do == DoDownload {
		return leastRange
	}
	return minPart
}

// leastPartName says what sets leastPart, and what to write.
func (w *Workload) leastPartName() string {
	if w.leastPart() != minPart {
		return "the least range of a download: write 64KiB or more"
	}
	return "S3's least part size: write 5MiB or more (only the last part of an object may be smaller)"
}
