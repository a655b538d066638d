package faults

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// Redirect answers 307 with the same path at another place, as S3 does for a while after a bucket was made.
type Redirect struct {
	// To is scheme and host, such as http://127.0.0.1:9001. Empty: the same place again, which clients may follow for long.
	To string `yaml:"to,omitempty" json:"to,omitempty" jsonschema:"description=Where to: scheme and host. Left out: the same place."`
}

// Defaults implements Config.
func (*Redirect) Defaults() {}

// New implements Config.
func (c *Redirect) New(Env) (Fault, error) {
	if u, err := url.Parse(c.To); c.To != "" && (err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		return nil, Wrong("to", "is no place: write scheme and host, such as http://127.0.0.1:9001")
	}
	return redirect{*c}, nil
}

type redirect struct{ Redirect }

func (f redirect) Act(x *Exchange) bool {
	x.Note("redirect")
	// RequestURI as it came, since a presigned query must not be written anew.
	x.W.Header().Set("Location", strings.TrimSuffix(f.To, "/")+x.R.RequestURI)
	a := Answer{}
	if ops.Control(x.Req.Op) {
		a.Body = "empty" // as FastAPI redirects
	}
	a.defaults(http.StatusTemporaryRedirect, false)
	x.Refuse(f, http.StatusTemporaryRedirect, a, 0)
	return true
}

// BodyRead implements Reading.
func (redirect) BodyRead(int64) int64 { return 0 }
