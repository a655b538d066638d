package network

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// wire is one direction of a link in memory. It sends one segment at a time, in turn for every lane that has some; a lane
// that has been served goes back to the end of the line, or a few places before it. So connections share the bandwidth
// fairly in the long run and not to the last byte, as they do on TCP: in strict turn, uploads that began together would end
// together, and then meet a limit together, for ever. It has a goroutine only while there is something to send.
type wire struct {
	bandwidth float64 // bytes per second
	swaps     int     // how many places before the end
	lot       *rand.Rand

	mu      sync.Mutex
	turn    []*lane
	running bool
	free    time.Time // when what was sent so far is through
}

// unrest is how much later or earlier than in strict turn a connection may be served: what a wake-up of the system varies by.
const unrest = time.Millisecond

func newWire(bandwidth int64, lot *rand.Rand) *wire {
	return &wire{
		bandwidth: float64(bandwidth), lot: lot,
		swaps: int(math.Ceil(unrest.Seconds() * float64(bandwidth) / chunk)),
	}
}

// join puts a lane at the end of the line.
func (w *wire) join(l *lane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn = append(w.turn, l)
	if !w.running {
		w.running = true
		go w.run()
	}
}

func (w *wire) run() {
	for {
		w.mu.Lock()
		if len(w.turn) == 0 {
			w.turn, w.running = nil, false
			w.mu.Unlock()
			return
		}
		l := w.turn[0]
		w.turn = w.turn[1:]
		w.mu.Unlock()
		size, ok := l.offer()
		if !ok {
			continue
		}
		now := time.Now()
		if w.free.Before(now) {
			w.free = now
		}
		w.free = w.free.Add(time.Duration(float64(size) / w.bandwidth * float64(time.Second)))
		time.Sleep(w.free.Sub(now))
		if l.sent() {
			w.mu.Lock()
			w.turn = slices.Insert(w.turn, len(w.turn)-w.lot.IntN(min(len(w.turn), w.swaps)+1), l)
			w.mu.Unlock()
		}
	}
}
