package faults

import (
	"time"

	"github.com/ratebench/ratebench/internal/units"
)

// TLS spoils the handshake of connections.
type TLS struct {
	// Fail is handshake (default: an alert), timeout (silence), expired (a certificate of yesterday) or wrong_host (a
	// certificate for somebody else).
	Fail string         `yaml:"fail,omitempty" json:"fail,omitempty" jsonschema:"description=What goes wrong: an alert or silence or a certificate that has expired or is for somebody else.,enum=handshake,enum=timeout,enum=expired,enum=wrong_host,default=handshake"`
	For  units.Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema:"description=How long the silence of timeout lasts.,default=1m"`
}

// Defaults implements Config.
func (c *TLS) Defaults() {
	def(&c.Fail, HandshakeFail)
	if c.Fail == HandshakeTimeout {
		def(&c.For, units.Duration(time.Minute))
	}
}

// New implements Config.
func (c *TLS) New(Env) (Fault, error) { return tlsFault{*c}, nil }

type tlsFault struct{ TLS }

// Act lets attempts on connections that got through pass.
func (tlsFault) Act(*Exchange) bool { return false }

// Handshake implements Handshaking.
func (f tlsFault) Handshake() (string, time.Duration) { return f.Fail, f.For.D() }
