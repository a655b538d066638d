package faultserver

import (
	"crypto/tls"
	"encoding/binary"
	"sync"
)

// frames is an HTTP/2 connection in which the error codes of some frames that the server sends are replaced. The server's
// library chooses them by itself: a handler that aborts resets its stream with INTERNAL_ERROR, an answer with Connection:
// close is followed by GOAWAY with NO_ERROR. See RFC 9113, sections 4.1, 6.4 and 6.8.
type frames struct {
	*tls.Conn
	mu    sync.Mutex
	codes map[byte][]uint32 // wanted, by type of frame; one for each frame to come, in order

	// Where in the stream of frames the next written byte is. Only Write, which nobody calls twice at once, uses these.
	head [frameHeader]byte
	have int // bytes of the header so far
	left int // bytes of the payload to come
	at   int // bytes of the payload so far
	set  []byte
}

const (
	frameHeader    = 9
	frameRSTStream = 3
	frameGoAway    = 7
)

// expect wants a code in the next frame of a type.
func (f *frames) expect(frame byte, code uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.codes == nil {
		f.codes = map[byte][]uint32{}
	}
	f.codes[frame] = append(f.codes[frame], code)
}

// wanted takes the code for a frame of a type.
func (f *frames) wanted(frame byte) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.codes[frame]
	if len(q) == 0 {
		return nil
	}
	code := q[0]
	if frame == frameGoAway { // a graceful end sends it twice
		q = append(q[:1:1], q[1:]...)
	} else {
		q = q[1:]
	}
	f.codes[frame] = q
	return binary.BigEndian.AppendUint32(nil, code)
}

// codeAt is where in a frame's payload its code begins.
var codeAt = map[byte]int{frameRSTStream: 0, frameGoAway: 4}

func (f *frames) Write(p []byte) (int, error) {
	out := p
	for i := range p {
		if f.left == 0 && f.have < frameHeader || f.have < frameHeader {
			f.head[f.have] = p[i]
			f.have++
			if f.have == frameHeader {
				f.left = int(f.head[0])<<16 | int(f.head[1])<<8 | int(f.head[2])
				f.at = 0
				f.set = nil
				if _, ok := codeAt[f.head[3]]; ok {
					f.set = f.wanted(f.head[3])
				}
				if f.left == 0 {
					f.have = 0
				}
			}
			continue
		}
		if k := f.at - codeAt[f.head[3]]; f.set != nil && k >= 0 && k < len(f.set) {
			if &out[0] == &p[0] {
				out = append([]byte(nil), p...) // p is the caller's
			}
			out[i] = f.set[k]
		}
		f.at++
		f.left--
		if f.left == 0 {
			f.have = 0
		}
	}
	return f.Conn.Write(out)
}
