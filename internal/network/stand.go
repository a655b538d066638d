package network

// stand says that the next bytes of a lane stand for more than they are. The zero value: every byte for itself.
type stand struct {
	wire, whole int // bytes to come, and what they stand for
	done        int // of whole
	left        int // of wire
}

func newStand(wire, whole int) stand { return stand{wire: wire, whole: whole, left: wire} }

// bytes is how many real bytes fit into some model bytes, one at least.
func (s *stand) bytes(model int) int {
	if s.left == 0 {
		return model
	}
	return min(s.left, max(1, int(int64(model)*int64(s.wire)/int64(s.whole))))
}

// charge is what the next n bytes stand for.
func (s *stand) charge(n int) int {
	if s.left == 0 {
		return n
	}
	k := min(n, s.left)
	s.left -= k
	upTo := int(int64(s.wire-s.left) * int64(s.whole) / int64(s.wire))
	model := upTo - s.done
	s.done = upTo
	return model + n - k
}

// Standing is a connection whose next bytes can stand for more than they are.
type Standing interface {
	// Stand charges the next wire bytes that are written as whole bytes, in bandwidth and buffers. whole is not less
	// than wire.
	Stand(wire, whole int)
}

// Stand implements Standing.
func (c *memConn) Stand(wire, whole int) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.stand = newStand(wire, whole)
}
