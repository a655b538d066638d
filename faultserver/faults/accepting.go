package faults

import "time"

// Accepting is a fault that acts on a connection when it has been accepted, before anything is read from it. Its rule's
// schedule then goes by the identity (connection, ordinal of the client's connection) or by time; what its match says of
// requests does not apply.
type Accepting interface {
	Accept(o Opening) Fate
}

// Opening is a connection that has just been accepted.
type Opening struct {
	Client     string // the host it came from
	Open       int    // connections that are open, this one included
	OpenClient int    // those of the same client
}

// Fate is what becomes of a connection. The zero value: it is served.
type Fate struct {
	// Bytes are read first.
	Bytes int64
	// Hold is how long nothing is read then.
	Hold time.Duration
	// End ends it after that, with a RST or else a FIN.
	End, RST bool
}

// Refusing is a fault during which the server's port is closed, so that connections are refused by the system.
type Refusing interface {
	// Refuse says for how long from the beginning of each window of the rule; 0: as long as it lasts. kill: connections that
	// are open then are reset.
	Refuse() (d time.Duration, kill bool)
}

// Handshaking is a fault of the TLS handshake.
type Handshaking interface {
	// Handshake is one of the Handshake constants; d how long a time-out takes.
	Handshake() (kind string, d time.Duration)
}

// What can go wrong with a handshake.
const (
	HandshakeFail      = "handshake"
	HandshakeTimeout   = "timeout"
	HandshakeExpired   = "expired"
	HandshakeWrongHost = "wrong_host"
)
