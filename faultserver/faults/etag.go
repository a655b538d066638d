package faults

import (
	"net/http"
	"strings"
)

// ETag spoils the ETag header of good answers. A client that compares it with what it sent, or that needs it to complete
// an upload, must notice.
type ETag struct {
	// Is is wrong (default) or missing.
	Is string `yaml:"is,omitempty" json:"is,omitempty" jsonschema:"description=What is the matter with it.,enum=wrong,enum=missing,default=wrong"`
}

// Defaults implements Config.
func (c *ETag) Defaults() {
	if c.Is == "" {
		c.Is = "wrong"
	}
}

// New implements Config.
func (c *ETag) New(Env) (Fault, error) { return etag{*c}, nil }

type etag struct{ ETag }

func (f etag) Act(x *Exchange) bool {
	host := x.Host // another rule may be acting by then
	x.changeHeader(func(status int, h http.Header) {
		old := h.Get("ETag")
		if old == "" || status >= 300 {
			return
		}
		host.Note("etag " + f.Is)
		if f.Is == "missing" {
			h.Del("ETag")
			return
		}
		// Another digit in every place: as long, as well formed, and never the same.
		h.Set("ETag", strings.Map(func(r rune) rune {
			const digits = "0123456789abcdef0"
			if i := strings.IndexRune(digits, r); i >= 0 {
				return rune(digits[i+1])
			}
			return r
		}, old))
	})
	return false
}
