package network

// stand says that bytes of a lane stand for more than they are, from the end of the next HTTP header on. The zero value:
// every byte for itself.
type stand struct {
	wire, whole int  // bytes of the body, and what they stand for
	header      bool // its end has not been seen yet
	matched     int  // how much of the blank line that ends it
	left        int  // of wire
	done        int  // of whole
}

const blankLine = "\r\n\r\n"

// segment is how many bytes the largest segment may charge. Where few bytes stand for many, the number of segments is all
// that costs time, so they are larger.
func (s *stand) segment() int {
	if s.left > 0 && !s.header {
		return 2 * chunk
	}
	return chunk
}

// fit is how many bytes of b go into one segment that may charge so much; one at least. It ends a segment with the
// header.
func (s *stand) fit(b []byte, model int) int {
	switch {
	case s.header:
		matched := s.matched
		for i, c := range b[:min(len(b), model)] {
			if c == blankLine[matched] {
				matched++
			} else if matched = 0; c == blankLine[0] {
				matched = 1
			}
			if matched == len(blankLine) {
				return i + 1
			}
		}
	case s.left > 0:
		return min(len(b), s.left, max(1, int(int64(model)*int64(s.wire)/int64(s.whole))))
	}
	return min(len(b), model)
}

// room is fit for bytes that are not known yet: those of a body.
func (s *stand) room(model int) int {
	if s.header || s.left == 0 {
		return model
	}
	return min(s.left, max(1, int(int64(model)*int64(s.wire)/int64(s.whole))))
}

// charge is what a segment stands for.
func (s *stand) charge(b []byte) int {
	n := len(b)
	if s.header {
		for _, c := range b {
			if c == blankLine[s.matched] {
				s.matched++
			} else if s.matched = 0; c == blankLine[0] {
				s.matched = 1
			}
			if s.matched == len(blankLine) {
				s.header = false
				break // fit has ended the segment here
			}
		}
		return n
	}
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

// Standing is a connection whose bytes can stand for more than they are.
type Standing interface {
	// Stand charges the body of the next HTTP message that is written, which has wire bytes, as one of whole bytes: in
	// bandwidth and in buffers. whole is not less than wire.
	Stand(wire, whole int)
}

// Stand implements Standing.
func (c *memConn) Stand(wire, whole int) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.stand = stand{wire: wire, whole: whole, left: wire, header: true}
}
