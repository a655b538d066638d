package scenarios

import (
	"net/http"
	"net/url"
	"slices"
)

// backend checks what stands behind the fault server.
func (c *checker) backend() {
	b, calls := c.Backend, c.Workload.Kind == KindCalls
	if b.Kind == BackendHTTP {
		if b.URL == "" {
			c.fail("backend.url", "is missing: kind: http needs the URL of a service, such as http://127.0.0.1:8080")
		}
		if !calls && (!c.rulesOnly || c.given("workload")) {
			c.fail("backend.kind", "uploads need S3, and http is any service: write embedded, minio or s3, or kind: calls")
		}
	} else if b.URL != "" {
		c.fail("backend.url", "is for kind: http, and this is %s, whose endpoint comes from a flag or the environment: remove it", b.Kind)
	}
	if b.URL != "" {
		if why := NotAService(b.URL); why != "" {
			c.fail("backend.url", "%s", why)
		}
	}
}

// BackendHTTP is the kind of a backend that is any HTTP service.
const BackendHTTP = "http"

// Place is the backend as the flag --backend has it: its kind, or the URL of an HTTP service.
func (b Backend) Place() string {
	if b.Kind == BackendHTTP {
		return b.URL
	}
	return b.Kind
}

// NotAService says why a text is not the URL of an HTTP service; empty: it is. It does not repeat the text: people put keys
// into URLs.
func NotAService(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return "is not the URL of a service: write one such as http://127.0.0.1:8080"
	case u.User != nil:
		return "holds a user or password, which would end up in files: leave them out"
	case u.RawQuery != "" || u.Fragment != "":
		return "has a query or fragment: write the service's address and path, and no more"
	}
	return ""
}

// Unfit says why calls cannot go to a kind of backend; empty: they can. The kind may come from a flag, so that a scenario
// alone cannot tell.
func (w *Workload) Unfit(kind string) string {
	if kind == "embedded" {
		return ""
	}
	if w.Wire == "direct" {
		return "wire: direct calls a handler in this process, and " + kind + " is outside of it: write wire: http, or use the embedded backend"
	}
	none := func(c Call) bool { return c.Method == http.MethodPost || c.Method == http.MethodPatch }
	if i := slices.IndexFunc(w.Mix, none); i >= 0 && kind != BackendHTTP {
		return w.Mix[i].Method + " is no operation on an object of S3: remove it from the mix, or use the embedded backend or an HTTP service"
	}
	return ""
}
