package faultserver

// counter counts the attempts of identities, and forgets those not seen for long, so that a server that runs for weeks
// does not grow: it holds two generations, and drops the older one whenever the younger is full.
type counter struct {
	young, old map[identity]int
	most       int // identities in a generation
}

func newCounter(most int) *counter {
	return &counter{young: map[identity]int{}, most: most}
}

// add counts one more and returns how many there have been.
func (c *counter) add(id identity) int {
	n, ok := c.young[id]
	if !ok {
		n = c.old[id]
		if len(c.young) >= c.most {
			c.old, c.young = c.young, make(map[identity]int, c.most)
		}
	}
	n++
	c.young[id] = n
	return n
}

// get returns how many there have been.
func (c *counter) get(id identity) int {
	if n, ok := c.young[id]; ok {
		return n
	}
	return c.old[id]
}

// undo takes one off again.
func (c *counter) undo(id identity) {
	if n, ok := c.young[id]; ok && n > 0 {
		c.young[id] = n - 1
	}
}
