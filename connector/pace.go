package connector

import (
	"context"
	"time"
)

// pace keeps calls apart: one for every interval, in the order in which they come. Without an interval it never waits.
type pace struct {
	interval time.Duration
	turn     turn
	next     time.Time // guarded by turn
}

func newPace(interval time.Duration) *pace { return &pace{interval: interval, turn: newTurn()} }

// wait returns when a call may be made, which is to be made at once. ready is called before that, when the interval is over: it may take its time, for which the
// calls behind wait as well. If it fails, no call is made.
func (p *pace) wait(ctx context.Context, ready func() error) error {
	if p.interval <= 0 {
		return nil
	}
	if err := p.turn.take(ctx); err != nil {
		return err
	}
	defer p.turn.leave()
	if err := sleep(ctx, time.Until(p.next)); err != nil {
		return err
	}
	if err := ready(); err != nil {
		return err
	}
	p.next = time.Now().Add(p.interval)
	return nil
}

// sleep waits, and returns why it was not let.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
