package faults

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// CompleteError answers 200, keeps the client waiting with white space, and then tells an error in the body. S3 documents
// that CompleteMultipartUpload may end so; a client that looks at the status only believes that the object is there.
type CompleteError struct {
	// S3Code of the error. Empty: InternalError, or what a service of GHGA's says with 500.
	S3Code  string         `yaml:"s3_code,omitempty" json:"s3_code,omitempty" jsonschema:"description=Error code in the body; of GHGA's services the exception id.,default=InternalError"`
	For     units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=How long white space is sent before the error."`
	Every   units.Duration `yaml:"every,omitempty" json:"every,omitempty" jsonschema:"description=Time between two spaces.,default=1s"`
	Commits `yaml:",inline"`
}

// Defaults implements Config.
func (c *CompleteError) Defaults() {
	def(&c.Every, units.Duration(time.Second))
}

// New implements Config.
func (c *CompleteError) New(Env) (Fault, error) { return completeError{*c}, nil }

type completeError struct{ CompleteError }

func (f completeError) Act(x *Exchange) bool {
	x.Note("complete_error")
	f.before(x)
	a := Answer{S3Code: f.S3Code}
	if !ops.Control(x.Req.Op) {
		a.Body = "xml"
	}
	kind, body := a.body(x, http.StatusInternalServerError)
	x.W.Header().Set("Content-Type", kind)
	x.W.WriteHeader(http.StatusOK)
	if x.whiteSpace(f.For.D(), f.Every.D()) {
		_, _ = x.W.Write(bytes.TrimPrefix(body, []byte(xml.Header))) // an error here means that the client has gone
	}
	return true
}
