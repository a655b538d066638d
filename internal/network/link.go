package network

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// chunk is how many bytes pass the bandwidth limit at a time.
const chunk = 64 << 10

// lag is how much later than asked for a sleeping goroutine may wake: the system's timers count milliseconds. A link that
// was late catches up by at most so much, which is also the burst of one that was idle.
const lag = 3 * time.Millisecond

// late is how late one of Go's timers may be: its scheduler waits in whole milliseconds where it waits for the network as
// well. What is left of a wait after that is slept away in the system, so that a link of 1 ms does not take two.
const late = 1200 * time.Microsecond

// Link shapes the connections that are dialled through it; they share its bandwidth. It is safe for concurrent use.
type Link struct {
	latency  time.Duration
	up, down *rate.Limiter // nil: unlimited
	window   int           // bytes, per connection and direction

	ctx    context.Context
	cancel context.CancelFunc
	pumps  sync.WaitGroup
}

// NewLink makes a link with a one-way latency, and a bandwidth in bytes per second for each direction. Zero means none
// and unlimited. Close it when its connections are closed.
func NewLink(latency time.Duration, bandwidth int64) *Link {
	l := &Link{latency: latency}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.window = sendWindow(latency, bandwidth)
	if bandwidth > 0 {
		burst := chunk + int(float64(bandwidth)*lag.Seconds())
		l.up = rate.NewLimiter(rate.Limit(bandwidth), burst)
		l.down = rate.NewLimiter(rate.Limit(bandwidth), burst)
	}
	return l
}

// sendWindow is how many bytes a connection takes from its writer before they are on the link.
func sendWindow(latency time.Duration, bandwidth int64) int {
	speed := float64(bandwidth)
	if bandwidth <= 0 {
		speed = 1 << 30 // a window that stays out of the way
	}
	return 4*chunk + int(speed*(latency+lag).Seconds())
}

// Dial connects over TCP. The handshake costs a round trip.
func (l *Link) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	if l.latency > 0 {
		if err := sleep(ctx, max(0, 2*l.latency-late)); err != nil {
			return nil, err
		}
		nap(min(2*l.latency, late))
	}
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return l.Shape(c), nil
}

// Close drops what is still on its way, and waits until nothing of the link runs any more. Connections that are still
// open break.
func (l *Link) Close() {
	l.cancel()
	l.pumps.Wait()
}

// Shape puts the link's latency and bandwidth on a connection. The result owns c.
func (l *Link) Shape(c net.Conn) net.Conn {
	if l.latency == 0 && l.up == nil {
		return c
	}
	return newShaped(c, l)
}
