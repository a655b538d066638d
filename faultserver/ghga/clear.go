package ghga

import (
	"context"
	"fmt"
)

// Clear removes all that the platform has put into S3 since it was made: objects, and uploads that are open. Nobody may use it meanwhile, nor
// afterwards. What else is in the bucket stays. It goes on after an error, and returns the first.
func (p *Platform) Clear(ctx context.Context) error {
	p.ucs.mu.Lock()
	var keys []string
	for _, f := range p.ucs.begun {
		keys = append(keys, f.key())
	}
	p.ucs.mu.Unlock()
	p.dcs.mu.Lock()
	keys = append(keys, p.dcs.keys...)
	p.dcs.mu.Unlock()
	var first error
	note := func(err error) {
		if err != nil && first == nil {
			first = fmt.Errorf("ghga: removing what is at S3: %w", err)
		}
	}
	st := p.ucs.storage
	for _, key := range keys {
		open, err := st.uploads(ctx, key)
		note(err)
		for _, id := range open {
			note(st.drop(ctx, key, id))
		}
		note(st.remove(ctx, key))
	}
	return first
}
