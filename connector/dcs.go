package connector

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ratebench/ratebench/transport"
)

// objectTimeout is how long the DCS may take to answer for an object, where the stack has a transport.IdleTimeout: it may have much to do for it.
const objectTimeout = 310 * time.Second

// object asks the DCS for a file. A wait above zero says that it is being staged.
func (h *Handler) object(ctx context.Context, base, accession, token string) (o Object, wait time.Duration, err error) {
	r := request{
		service: dcs, doing: "asking for " + accession, method: http.MethodGet, url: at(base, "objects", accession), token: token,
		header: http.Header{"Cache-Control": {"min-fresh=3"}}, // as the Connector has it
		want:   []int{http.StatusOK, http.StatusAccepted},
	}
	o.Asked = time.Now()
	a, err := h.do(transport.Patient(ctx, objectTimeout), r)
	if err != nil {
		return Object{}, 0, err
	}
	if a.status == http.StatusAccepted {
		wait, err := retryAfter(a.header)
		if err != nil {
			err = fmt.Errorf("%s: the DCS says that the file is being staged, but %w", r.doing, err)
		}
		return Object{}, wait, err
	}
	var answer struct {
		AccessMethods []struct {
			Type      string `json:"type"`
			AccessURL struct {
				URL string `json:"url"`
			} `json:"access_url"`
		} `json:"access_methods"`
		Checksums []struct {
			Checksum string `json:"checksum"`
			Type     string `json:"type"`
		} `json:"checksums"`
		Size int64 `json:"size"`
	}
	if err := r.unmarshal(a, &answer); err != nil {
		return Object{}, 0, err
	}
	for _, m := range answer.AccessMethods {
		if m.Type == "s3" {
			o.URL = m.AccessURL.URL
		}
	}
	if u, err := url.Parse(o.URL); err != nil || u.Host == "" || answer.Size < 0 {
		return Object{}, 0, fmt.Errorf("%s: the DCS's answer has no usable S3 URL and size", r.doing) // never the URL itself
	}
	for _, c := range answer.Checksums {
		if strings.EqualFold(c.Type, "sha-256") && isHex(c.Checksum, 32) { // it is shown to people
			o.SHA256 = strings.ToLower(c.Checksum)
		}
	}
	o.Size, o.Life = answer.Size, maxAge(a.header)
	return o, 0, nil
}

// envelope asks the DCS for a file's Crypt4GH header, sealed for the key that the token names.
func (h *Handler) envelope(ctx context.Context, base, accession, token string) ([]byte, error) {
	r := request{
		service: dcs, doing: "asking for the envelope of " + accession, method: http.MethodGet,
		url: at(base, "objects", accession, "envelopes"), token: token, want: []int{http.StatusOK},
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return nil, err
	}
	var text string
	if err := r.unmarshal(a, &text); err != nil {
		return nil, err
	}
	header, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%s: the DCS's answer is no base64", r.doing)
	}
	return header, nil
}

// ranged asks S3 for the bytes from first to last of an object of size bytes. The whole object is accepted only where that was asked for.
func (h *Handler) ranged(ctx context.Context, address string, first, last, size int64) (io.ReadCloser, error) {
	r := request{
		service: s3, doing: fmt.Sprintf("downloading the bytes from %d to %d", first, last), method: http.MethodGet, url: address,
		header: http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", first, last)}, "Cache-Control": {"no-store"}},
		want:   []int{http.StatusOK, http.StatusPartialContent},
	}
	resp, err := h.open(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := suits(resp, first, last, size); err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %w", r.doing, err)
	}
	return resp.Body, nil
}

// suits compares what an answer says of itself with what was asked for.
func suits(resp *http.Response, first, last, size int64) error {
	if encoding := resp.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return fmt.Errorf("the answer is encoded as %.20q, which nobody asked for", encoding)
	}
	if n := resp.ContentLength; n >= 0 && n != last-first+1 {
		return fmt.Errorf("the answer has %d bytes, not %d", n, last-first+1)
	}
	if resp.StatusCode == http.StatusOK {
		if first != 0 || last != size-1 {
			return errors.New("the answer is the whole file, not the range that was asked for")
		}
		return nil
	}
	from, to, total, err := contentRange(resp.Header.Get("Content-Range"))
	if err != nil {
		return err
	}
	if from != first || to != last || total >= 0 && total != size {
		return fmt.Errorf("the answer is the bytes from %d to %d of %d, not those from %d to %d of %d", from, to, total, first, last, size)
	}
	return nil
}
