package connector

import "context"

// buffers are the memory of one upload: a few of one size, made when they are first needed, and used again and again.
// They lie outside Go's heap where the system allows it: the collector would else let the heap grow to twice their size.
type buffers struct {
	size int
	free chan []byte // those not made yet are nil
	all  [][]byte
}

func newBuffers(n, size int) *buffers {
	b := &buffers{size: size, free: make(chan []byte, n)}
	for range n {
		b.free <- nil
	}
	return b
}

// take waits for a buffer. Only one goroutine takes.
func (b *buffers) take(ctx context.Context) ([]byte, error) {
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case p := <-b.free:
		if p != nil {
			return p, nil
		}
		p, err := mapMemory(b.size)
		if err != nil {
			b.free <- nil
			return nil, err
		}
		b.all = append(b.all, p)
		return p, nil
	}
}

func (b *buffers) give(p []byte) { b.free <- p[:b.size] }

// close gives the memory back. Nobody may use it any more.
func (b *buffers) close() {
	for _, p := range b.all {
		unmapMemory(p)
	}
	b.all = nil
}
