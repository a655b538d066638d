package connector

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// healthTimeout is how long a service may take to say that it is well.
const healthTimeout = 5 * time.Second

// check looks at the addresses and brings them into one form.
func (v *Values) check() error {
	for _, s := range []struct {
		name string
		at   *string
	}{{"wps_api_url", &v.WPS}, {"ucs_api_url", &v.UCS}, {"dcs_api_url", &v.DCS}} {
		u, err := url.Parse(*s.at)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
			return fmt.Errorf("the well-known values have no usable %s", s.name)
		}
		*s.at = strings.TrimRight(*s.at, "/")
	}
	if v.Keys == nil {
		return fmt.Errorf("the well-known values have no crypt4gh_public_keys")
	}
	return nil
}

// HubKey is the public key of the data hub behind a storage alias.
func (v Values) HubKey(storageAlias string) (key [32]byte, err error) {
	text, ok := v.Keys[storageAlias]
	if !ok {
		return key, fmt.Errorf("the well-known values have no Crypt4GH key for the storage %q", storageAlias)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != len(key) {
		return key, fmt.Errorf("the Crypt4GH key of the storage %q in the well-known values is not 32 bytes in base64", storageAlias)
	}
	return [32]byte(raw), nil
}

// Healthy asks a service, by its base URL, whether it is well, and gives it 5 s to say so. Within a Connector that has a Wire it does so past the
// stack.
func (h *Handler) Healthy(ctx context.Context, service, base string) error {
	r := request{
		service: service, doing: "asking the " + service + " whether it is well", method: http.MethodGet, url: at(base, "health"),
		want: []int{http.StatusOK}, bare: true,
	}
	limited, cancel := context.WithTimeoutCause(ctx, healthTimeout, fmt.Errorf("it said nothing within %v", healthTimeout))
	defer cancel()
	a, err := h.do(limited, r)
	if err != nil {
		return err
	}
	var health struct{ Status string }
	if err := r.unmarshal(a, &health); err != nil {
		return err
	}
	if !strings.EqualFold(health.Status, "ok") {
		return fmt.Errorf("the %s is not well: it says %q", service, line(health.Status))
	}
	return nil
}
