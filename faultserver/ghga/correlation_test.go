package ghga

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
)

// Where the ID is required, each service refuses a request without a good one before it looks at anything else.
func TestRequiredCorrelationID(t *testing.T) {
	d := deploy(t, func(c *PlatformConfig) { c.RequireCorrelationID = true })
	const refusal = `{"data":{},"description":"The correlation ID is missing, or no UUID of version 4.","exception_id":"invalidCorrelationId"}`
	for _, path := range []string{
		"/.well-known/values", "/wps/health", "/wps/work-packages/x", "/ucs/health", "/ucs/boxes/x/uploads", "/ucs/nowhere", "/dcs/objects/x",
	} {
		for _, id := range []string{"", "nonsense", uuid.Must(uuid.NewV7()).String()} {
			resp := d.askAs(id, path)
			if text := bodyOf(t, resp); resp.StatusCode != 400 || text != refusal || resp.Header.Get("X-Request-Id") != "" {
				t.Errorf("%s as %q: %d %s", path, id, resp.StatusCode, text)
			}
		}
		id := uuid.NewString()
		if resp := d.askAs(id, path); resp.StatusCode == 400 || resp.Header.Get("X-Request-Id") != id {
			t.Errorf("%s with a good ID: %d, %q", path, resp.StatusCode, resp.Header.Get("X-Request-Id"))
		}
	}
}

// askAs asks with a correlation ID, unless that is empty.
func (d *deployment) askAs(id, path string) *http.Response {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://ghga.example"+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if id != "" {
		req.Header.Set("X-Request-Id", id)
	}
	return serve(d.p, req)
}
