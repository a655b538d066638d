package faults

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/ratebench/ratebench/internal/units"
)

// HugeHeaders fills an answer's header. Limits differ: nginx as a proxy takes 4 to 8 KiB, curl 300 KiB in all, Go 10 MiB.
type HugeHeaders struct {
	// Size of all that is added, at most 64 MiB. Zero: 1 MiB.
	Size units.Size `yaml:"size,omitempty" json:"size,omitempty" jsonschema:"description=Bytes added in all.,default=1MiB"`
}

const (
	maxHeaders  = 64 << 20
	headerPiece = 8 << 10
)

// Defaults implements Config.
func (c *HugeHeaders) Defaults() {
	if c.Size == 0 {
		c.Size = 1 << 20
	}
}

// New implements Config.
func (c *HugeHeaders) New(Env) (Fault, error) {
	if c.Size > maxHeaders {
		return nil, Wrong("size", "%s is too much: write at most 64MiB", c.Size)
	}
	return hugeHeaders{*c}, nil
}

type hugeHeaders struct{ HugeHeaders }

func (f hugeHeaders) Act(x *Exchange) bool {
	x.Note("huge_headers")
	x.changeHeader(func(_ int, h http.Header) {
		piece := strings.Repeat("x", headerPiece)
		for i, left := 0, int(f.Size); left > 0; i, left = i+1, left-headerPiece {
			h.Set(fmt.Sprintf("X-Filler-%d", i), piece[:min(left, headerPiece)])
		}
	})
	return false
}
