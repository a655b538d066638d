package faults

import (
	"crypto/md5"
	"fmt"
	"io"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/awschunk"
)

// AckThenLose answers that a part or an object is stored, with the ETag that S3 would give, and keeps nothing. Only a
// check of what is there finds out; a lost part shows when the upload is completed. It acts on upload_part and put_object,
// and with How delete on put_object and complete_upload.
type AckThenLose struct {
	// How is drop (default: the backend never sees it) or delete (it is stored, then deleted before the client hears).
	How string `yaml:"how,omitempty" json:"how,omitempty" jsonschema:"description=Never stored or deleted again before the client hears.,enum=drop,enum=delete,default=drop"`
}

// Defaults implements Config.
func (c *AckThenLose) Defaults() {
	if c.How == "" {
		c.How = "drop"
	}
}

// New implements Config.
func (c *AckThenLose) New(env Env) (Fault, error) {
	if c.How == "delete" && env.Admin == nil {
		return nil, Wrong("how", "delete needs an S3 backend, and this is none: write drop")
	}
	return ackThenLose{*c, env.Admin}, nil
}

type ackThenLose struct {
	AckThenLose
	admin Admin
}

func (f ackThenLose) Act(x *Exchange) bool {
	switch {
	case f.How == "delete" && (x.Req.Op == ops.PutObject || x.Req.Op == ops.CompleteUpload):
		x.Note("ack_then_lose delete")
		c := x.Capture()
		if c.Status < 300 {
			if err := f.admin.DeleteObject(x.R.Context(), x.Req.Bucket, x.Req.Key); err != nil {
				x.Note("the object is still there") // its owner has changed it, or the backend is gone
			}
		}
		c.sendHeader(x.W)
		_, _ = x.W.Write(c.Body.Bytes()) // an error here means that the client has gone
		return true
	case f.How == "drop" && (x.Req.Op == ops.PutObject || x.Req.Op == ops.UploadPart):
		x.Note("ack_then_lose")
		h := md5.New()
		var body io.Reader = x.R.Body
		if awschunk.Encoded(x.R) {
			body = awschunk.NewReader(body)
		}
		if _, err := io.Copy(h, body); err != nil {
			x.Host.Kill(true) // the client has gone, or sends nonsense
			return true
		}
		x.W.Header().Set("ETag", fmt.Sprintf(`"%x"`, h.Sum(nil)))
		x.W.Header().Set("Content-Length", "0")
		x.W.WriteHeader(200)
		return true
	}
	return false
}
