package connector

import "context"

// turn is a lock for which nobody waits longer than their context lasts.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) leave() { <-t }

// kept is a value that is asked for until it has come once. Those who come meanwhile wait for the one who asks.
type kept[T any] struct {
	turn  turn
	has   bool
	value T
}

func newKept[T any]() *kept[T] { return &kept[T]{turn: newTurn()} }

func (k *kept[T]) get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	if err := k.turn.take(ctx); err != nil {
		var none T
		return none, err
	}
	defer k.turn.leave()
	if k.has {
		return k.value, nil
	}
	v, err := ask(ctx)
	if err == nil {
		k.value, k.has = v, true
	}
	return v, err
}
