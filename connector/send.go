package connector

import (
	"context"
	"net/http"
	"sync"
)

// pass is one pass over a file: a goroutine reads, and others encrypt and send what it has read.
type pass struct {
	*transfer
	sealer  *sealer
	buffers *buffers
	filled  chan *part

	reading context.Context // ends when no further part shall begin
	enough  context.CancelFunc
	sending context.Context // ends when parts are called off
	off     context.CancelCauseFunc

	mu  sync.Mutex
	err error // the first one
}

// send brings the parts that S3 has not, and returns the SHA-256 of the plain file in hex. When it returns, nothing of it runs any more.
func (t *transfer) send(ctx context.Context) (sum string, err error) {
	sealer, err := newSealer(t.key)
	if err != nil {
		return "", err
	}
	workers := min(max(1, t.InFlight), t.parts())
	p := &pass{
		transfer: t, sealer: sealer, filled: make(chan *part),
		buffers: newBuffers(workers, int(min(t.partSize, t.encrypted()))),
	}
	defer p.buffers.close()
	p.sending, p.off = context.WithCancelCause(ctx)
	defer p.off(nil)
	p.reading, p.enough = context.WithCancel(p.sending)
	defer p.enough()

	var all sync.WaitGroup
	for range workers {
		all.Go(p.work)
	}
	c := newCutter(t.cut, t.Source, t.half.Header, sealer)
	if err := p.read(c); err != nil && p.reading.Err() == nil {
		p.fail(err)
		p.off(err) // nothing that is under way can make a whole of it
	}
	close(p.filled)
	all.Wait()
	if ctx.Err() != nil { // with nothing in flight, nobody has failed
		return "", context.Cause(ctx)
	}
	if p.err != nil {
		return "", p.err
	}
	return c.sum(), nil
}

// read reads the whole file and hands out the parts that are missing.
func (p *pass) read(c *cutter) error {
	for n := 1; n <= p.parts(); n++ {
		if err := p.reading.Err(); err != nil {
			return err
		}
		if sent, ok := p.done(n); ok {
			if err := c.skip(sent); err != nil {
				return err
			}
			continue
		}
		buffer, err := p.buffers.take(p.reading)
		if err != nil {
			return err
		}
		part, err := c.fill(buffer)
		if err != nil {
			p.buffers.give(buffer)
			return err
		}
		select {
		case p.filled <- part:
		case <-p.reading.Done():
			p.buffers.give(buffer)
			return p.reading.Err()
		}
	}
	return c.atEnd()
}

func (p *pass) work() {
	for part := range p.filled {
		if p.reading.Err() == nil { // nobody has failed since it was read
			body := NewBody(part.data)
			if err := p.bring(part, body); err != nil {
				p.fail(err)
			}
			body.Release()
		}
		p.buffers.give(part.data)
	}
}

// fail ends the pass. The first error is the one that counts; but that an upload is gone is often heard of before the reason, which the UCS tells
// another part.
func (p *pass) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil || gone(p.err) && !gone(err) && isStatus(err, ucs, http.StatusBadRequest) {
		p.err = err
	}
	p.enough()
	// Where all attempts have been made no pass goes on with what the others bring, and the next upload can bring it too. Where the upload is gone they end by themselves, and may hear why.
	if !p.Behaviour.WaitForOthers || p.Behaviour.PartAttempts > 1 && !gone(err) {
		p.off(p.err)
	}
}

// bring encrypts a part and sends it until S3 has it, or there is no more sense in it. What is spent on it counts over all passes.
func (p *pass) bring(part *part, body *Body) error {
	n := part.number
	if p.Offset != nil {
		if err := sleep(p.sending, p.Offset(n)); err != nil {
			return err
		}
	}
	digests := part.seal(p.sealer)
	if p.Behaviour.CheckETag {
		body.Expect(digests.MD5)
	}
	s := p.spentOn(n)
	for {
		err := p.bringOnce(n, body)
		if err == nil {
			p.brought(n, digests, s.rounds+1)
			return nil
		}
		if p.sending.Err() != nil || !s.on(err, p.tries()) || gone(err) || !p.Behaviour.transient(err) {
			return err
		}
		wait := p.Behaviour.pause(s.rounds, err)
		if err := p.rest(p.sending, Event{What: "retry", Part: n, Attempt: s.rounds, Wait: wait, Err: err}); err != nil {
			return err
		}
	}
}

func (p *pass) bringOnce(n int, body *Body) error {
	url, err := p.PartURL(p.sending, p.half.FileID, n)
	if err != nil {
		return err
	}
	return p.Put(p.sending, url, n, body)
}
