package network

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// wire is one direction of a link in memory. It sends some segments of a lane that it draws by lot among those
// that have some: so connections share it fairly in the long run and not to the last byte, as they do on TCP. (In strict
// turn, uploads that began together would end together, and then meet a limit together, for ever.) It has a goroutine only
// while there is something to send.
type wire struct {
	bandwidth float64 // bytes per second
	lot       *rand.Rand

	mu      sync.Mutex
	turn    []*lane
	running bool
	free    time.Time // when what was sent so far is through
}

// join puts a lane among those that are drawn from.
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
		i := w.lot.IntN(len(w.turn))
		l := w.turn[i]
		w.turn = slices.Delete(w.turn, i, i+1)
		w.mu.Unlock()
		if w.serve(l) {
			w.mu.Lock()
			w.turn = append(w.turn, l)
			w.mu.Unlock()
		}
	}
}

// burst is how many bytes a lane may send before there is another draw.
const burst = 4 * chunk

// serve lets a lane send some of what it has, and returns whether it has more.
func (w *wire) serve(l *lane) (more bool) {
	for sent := 0; ; {
		size, ok := l.offer()
		if !ok {
			return false
		}
		if sent > 0 && sent+size > burst {
			return true
		}
		now := time.Now()
		if w.free.Before(now) {
			w.free = now
		}
		w.free = w.free.Add(time.Duration(float64(size) / w.bandwidth * float64(time.Second)))
		time.Sleep(w.free.Sub(now))
		sent += size
		if !l.sent() {
			return false
		}
	}
}
