package faults

import (
	"fmt"
	"sync"

	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// DiskFull refuses uploads once so many bytes have been taken. Nothing frees room.
type DiskFull struct {
	After units.Size `yaml:"after" json:"after" jsonschema:"description=How many bytes there is room for."`
	// Status of the refusal. Zero: 507.
	Status int `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=HTTP status of the refusal.,minimum=400,maximum=599,default=507"`
	Answer `yaml:",inline"`
}

// Defaults implements Config.
func (c *DiskFull) Defaults() {
	def(&c.Status, 507)
	c.Answer.defaults(c.Status, false)
}

// New implements Config.
func (c *DiskFull) New(Env) (Fault, error) { return &diskFull{DiskFull: *c}, c.check() }

type diskFull struct {
	DiskFull
	mu   sync.Mutex
	used int64
}

func (f *diskFull) Act(x *Exchange) bool {
	if x.Req.Op != ops.UploadPart && x.Req.Op != ops.PutObject && x.Req.Op != ops.HTTP {
		return false
	}
	if f.take(max(x.R.ContentLength, 0)) {
		return false
	}
	x.Note(fmt.Sprintf("disk_full %d", f.Status))
	x.Refuse(f, f.Status, f.Answer, 0)
	return true
}

func (f *diskFull) take(n int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.used+n > int64(f.After) {
		return false
	}
	f.used += n
	return true
}
