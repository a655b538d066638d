package bubble

import "time"

// Crowd is who was there at a moment: the goroutines of a bubble.
type Crowd struct {
	bubble int64
	ids    []int64
}

// Present notes the goroutines of the caller's bubble. Outside of a bubble it notes nobody.
func Present() Crowd {
	id, _ := where()
	if id == 0 {
		return Crowd{}
	}
	c := Crowd{bubble: id}
	for _, g := range inBubble(id) {
		c.ids = append(c.ids, g.id)
	}
	return c
}

// Settle waits, half a virtual minute at most, until those goroutines have ended that were started since. Connections
// that were closed linger for a while: net/http's server sleeps for half a second after an answer that came before the
// request's end, and a link goes on with what it had begun to send. A bubble whose function returns before
// they have ended panics. Settle must be called from the bubble that Present was called from; outside of one it returns at
// once.
//
// Note: the servers alone could be waited for by counting their connections. The pools of net/http's client and dials that
// nobody wants any more could not.
func (c Crowd) Settle() {
	const step = 100 * time.Millisecond
	if c.bubble == 0 {
		return
	}
	// One that has only just been started may not be seen yet. The bubble's clock moves on when all of them wait.
	time.Sleep(time.Nanosecond)
	for waited := time.Duration(0); waited < grace && len(inBubble(c.bubble, c.ids...)) > 0; waited += step {
		time.Sleep(step)
	}
}
