package ghga

import (
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/neicnordic/crypt4gh/model/headers"
)

func newArchive(p *Platform, tokens *verifier) *archive {
	a := &archive{p: p, objects: map[string]*object{}}
	download := &accepted{wps: []string{workDownload}, claims: []claim{claimFile, claimAccession, claimUserKey}}
	internal := fail(http.StatusInternalServerError, "internalServerError", "Internal Server Error.")
	a.service = newService(tokens, internal, map[string]route{
		"GET /health":                        {health, nil},
		"GET /objects/{accession}":           {a.access, download},
		"GET /objects/{accession}/envelopes": {a.envelope, download},
	})
	return a
}

// drsObject is a file as the GA4GH Data Repository Service describes it.
type drsObject struct {
	AccessMethods []accessMethod `json:"access_methods"`
	Checksums     []checksum     `json:"checksums"`
	CreatedTime   string         `json:"created_time"`
	ID            string         `json:"id"`
	SelfURI       string         `json:"self_uri"`
	Size          int64          `json:"size"` // encrypted, without the envelope
}

type accessMethod struct {
	AccessURL struct {
		URL string `json:"url"`
	} `json:"access_url"`
	Type string `json:"type"`
}

type checksum struct {
	Checksum string `json:"checksum"`
	Type     string `json:"type"`
}

// access answers where a file can be downloaded, or that it is being staged.
func (a *archive) access(r *request) (int, any, error) {
	o, err := a.wanted(r)
	if err != nil {
		return 0, nil, err
	}
	if !a.staged(o) {
		r.answer.Set("Retry-After", strconv.FormatInt(a.p.cfg.hint(o.plainSize), 10))
		r.answer.Set("Cache-Control", "no-store")
		return http.StatusAccepted, nil, nil
	}
	life := a.p.cfg.DownloadURLLifetime
	url, err := a.p.ucs.storage.presignGet(r.Context(), o.key, life)
	if err != nil {
		return 0, nil, err
	}
	r.answer.Set("Cache-Control", "max-age="+strconv.FormatInt(int64(life/time.Second), 10)+", private")
	method := accessMethod{Type: "s3"}
	method.AccessURL.URL = url
	return http.StatusOK, drsObject{
		AccessMethods: []accessMethod{method}, Checksums: []checksum{{o.sha256, "sha-256"}}, CreatedTime: stamp(o.created),
		ID: o.accession, SelfURI: "drs://" + r.Host + "/" + o.accession, Size: o.size,
	}, nil
}

// hint is how many seconds staging a file takes, as the service reckons: to the nearest whole number, ties to even, and within its bounds.
func (c *PlatformConfig) hint(plainSize int64) int64 {
	s := math.RoundToEven(float64(plainSize) / c.StagingSpeed)
	return int64(math.Ceil(min(max(s, c.RetryAfterMin.Seconds()), c.RetryAfterMax.Seconds())))
}

// envelope answers a file's Crypt4GH header, encrypted for the user whose key the token carries.
func (a *archive) envelope(r *request) (int, any, error) {
	o, err := a.wanted(r)
	if err != nil {
		return 0, nil, err
	}
	key, err := base64.StdEncoding.DecodeString(r.token.UserKey)
	if err != nil || len(key) != 32 {
		return 0, nil, errors.New("the token's key is none") // the check of the token has seen to it
	}
	header, err := headers.ReEncryptHeader(o.envelope, a.p.hubPrivate, [][32]byte{[32]byte(key)})
	if err != nil {
		return 0, nil, err
	}
	r.answer.Set("Cache-Control", "no-store")
	return http.StatusOK, base64.StdEncoding.EncodeToString(header), nil
}

// wanted finds the file that a request is about, if its token is for it.
func (a *archive) wanted(r *request) (*object, error) {
	accession := r.PathValue("accession")
	if r.token.Accession != accession {
		return nil, fail(http.StatusForbidden, "wrongFileAuthorizationError", "The token is for another file.")
	}
	o := a.object(accession)
	if o == nil {
		return nil, fail(http.StatusNotFound, "noSuchObject", "There is no such object.", "object_id", accession)
	}
	return o, nil
}
