package connector

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Handler makes the calls of the services' interfaces, one request each, and decides nothing: it tries nothing again and
// remembers nothing. What is no success is an *APIError. It is safe for concurrent use.
type Handler struct {
	stack  http.RoundTripper
	wire   http.RoundTripper // of what goes past the stack
	access Access
	ahead  atomic.Int64 // nanoseconds by which the UCS's clock is ahead, rather less
}

// NewHandler returns a Handler that sends through a stack.
func NewHandler(stack http.RoundTripper, access Access) *Handler {
	return &Handler{stack: stack, wire: stack, access: access}
}

// heard notes what time it is at the UCS. An answer tells it in whole seconds, and takes a while to arrive: so the clock is rather slow.
func (h *Handler) heard(resp *http.Response) {
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		h.ahead.Store(int64(time.Until(at)))
	}
}

// clock is the UCS's, or this machine's until the UCS has answered.
func (h *Handler) clock() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// at joins a base URL, as a service has told it, and path segments.
func at(base string, segments ...string) string {
	for _, s := range segments {
		base += "/" + url.PathEscape(s)
	}
	return base
}

// Values is where the services of a deployment are, and the public keys of its data hubs.
type Values struct {
	WPS  string            `json:"wps_api_url"`
	UCS  string            `json:"ucs_api_url"`
	DCS  string            `json:"dcs_api_url"`
	Keys map[string]string `json:"crypt4gh_public_keys"` // base64, by storage alias
}

// Values asks the Well-Known Value Service.
func (h *Handler) Values(ctx context.Context) (Values, error) {
	r := request{
		service: wkvs, doing: "asking where the services are", method: http.MethodGet, want: []int{http.StatusOK},
		url: strings.TrimRight(h.access.WellKnown.String(), "/") + "/values",
	}
	a, err := h.do(ctx, r)
	if err != nil {
		return Values{}, err
	}
	var v Values
	if err := r.unmarshal(a, &v); err != nil {
		return Values{}, err
	}
	err = v.check()
	return v, err
}
