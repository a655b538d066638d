package network

import (
	"context"
	"fmt"
	"net"
	"time"
)

// Network is where servers listen and clients dial. What stands on it does not know whether it is [TCP] or [Memory].
type Network interface {
	// Listen opens a port of its own on the loopback interface.
	Listen() (net.Listener, error)
	// Link is a way to the listeners with a one-way latency, and a bandwidth in bytes per second for each direction that
	// all its connections share. Zero means as fast as the network is, and unlimited.
	Link(latency time.Duration, bandwidth int64) Dialer
	// Dial is the bare way, for what does not belong to the experiment.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// Dialer is one way over a network. Close it after its connections; those that are still open break.
type Dialer interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Close()
}

// TCP is the loopback interface of the system.
type TCP struct{}

// Listen implements Network.
func (TCP) Listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on the loopback interface: %w", err)
	}
	return l, nil
}

// Link implements Network.
func (TCP) Link(latency time.Duration, bandwidth int64) Dialer { return NewLink(latency, bandwidth) }

// Dial implements Network.
func (TCP) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}
