package ghga

import (
	"cmp"
	"fmt"
	"time"
)

// PlatformConfig says how a whole control plane is to be. Config is the UCS's, with the S3 behind all of them. The zero values of the
// rest stand for the services' own defaults.
type PlatformConfig struct {
	Config
	// IgnoreExpiry makes UCS and DCS accept work order tokens that have run out, as a UCS does whose auth_check_claims are empty. Leeway is how long after
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
	// CheckPartSizes looks at the part before the one whose URL is asked for. If that is larger than the client said, the upload is aborted and
	// cancelled, and the answer is 400.
	CheckPartSizes bool
	// UploadTTL is how long an upload lives without anybody asking for a part URL, and CleanupInterval how often [Platform.KeepClean] looks. Zero: 72 h
	// and 60 min.
	UploadTTL, CleanupInterval time.Duration
	// Archive is for whoever puts a platform up: to have [Platform.KeepArchiving] run. The platform itself does not look at it.
	Archive bool
	// RequireCorrelationID refuses requests with 400 whose X-Request-Id is missing or no UUID of version 4, as services do whose
	// generate_correlation_id is off. By default they get a new one.
	RequireCorrelationID bool
	// Staging is how long a file takes until it can be downloaded, from the first time that it is asked for. Zero: none.
	Staging time.Duration
	// RetryAfterMin and RetryAfterMax bound what the DCS says while it stages. Zero: 5 s and 300 s. StagingSpeed is what it reckons with, in
	// bytes per second; zero: 100 MB/s.
	RetryAfterMin, RetryAfterMax time.Duration
	StagingSpeed                 float64
	// DownloadURLLifetime of presigned download URLs, in whole seconds. Zero: 30 s.
	DownloadURLLifetime time.Duration
}

// complete fills in the services' defaults, and refuses what cannot be.
func (c *PlatformConfig) complete() error {
	c.TokenLifetime = cmp.Or(c.TokenLifetime, 30*time.Second)
	c.PartURLBuildup = cmp.Or(c.PartURLBuildup, 10)
	c.RetryAfterFactor = cmp.Or(c.RetryAfterFactor, 1)
	c.UploadTTL, c.CleanupInterval = cmp.Or(c.UploadTTL, 72*time.Hour), cmp.Or(c.CleanupInterval, time.Hour)
	c.RetryAfterMin, c.RetryAfterMax = cmp.Or(c.RetryAfterMin, 5*time.Second), cmp.Or(c.RetryAfterMax, 300*time.Second)
	c.StagingSpeed = cmp.Or(c.StagingSpeed, 100e6)
	c.DownloadURLLifetime = cmp.Or(c.DownloadURLLifetime, 30*time.Second)
	for _, d := range []struct {
		what  string
		value time.Duration
		min   time.Duration
	}{
		{"work order tokens live", c.TokenLifetime, time.Second},
		{"the leeway is", c.Leeway, 0},
		{"the interval of part URLs is", c.PartURLInterval, 0},
		{"uploads live", c.UploadTTL, time.Millisecond},
		{"the interval of cleaning up is", c.CleanupInterval, time.Millisecond},
		{"staging takes", c.Staging, 0},
		{"the least Retry-After of staging is", c.RetryAfterMin, 0},
		{"the largest Retry-After of staging is", c.RetryAfterMax, c.RetryAfterMin},
		{"download URLs live", c.DownloadURLLifetime, time.Second},
	} {
		if d.value < d.min {
			return fmt.Errorf("ghga: %s %v: choose at least %v", d.what, d.value, d.min)
		}
	}
	for _, d := range []struct {
		what  string
		value time.Duration
	}{{"work order tokens", c.TokenLifetime}, {"part URLs", c.URLLifetime}, {"download URLs", c.DownloadURLLifetime}} {
		if d.value%time.Second != 0 {
			return fmt.Errorf("ghga: %s live %v: choose whole seconds", d.what, d.value)
		}
	}
	if c.DownloadURLLifetime > maxURLLifetime {
		return fmt.Errorf("ghga: download URLs live %v: choose at most %v", c.DownloadURLLifetime, maxURLLifetime)
	}
	if c.PartURLBuildup < 0 || c.RetryAfterFactor < 0 || c.StagingSpeed < 0 {
		return fmt.Errorf("ghga: a buildup of %d part URLs, a factor of %v or a staging speed of %v is negative: choose at least 0",
			c.PartURLBuildup, c.RetryAfterFactor, c.StagingSpeed)
	}
	return nil
}
