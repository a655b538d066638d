package strategies

import "container/list"

// keys holds what a gate knows of each Call.Key, for a bounded number of keys: beyond it the ones that were used least
// recently are forgotten, but none of which an attempt waits or is in flight. So there are at most as many as the bound, or
// as attempts that are in the gate at once. Its owner guards it.
type keys[T any] struct {
	of   map[string]*entry[T]
	used list.List // the same, those used most recently first
}

type entry[T any] struct {
	key   string
	at    *list.Element // in used
	held  int           // attempts that wait or are in flight
	value T
}

// get returns a key's entry, which is new if the key is. most is the bound.
func (k *keys[T]) get(key string, most int) *entry[T] {
	if first := k.used.Front(); first != nil && first.Value.(*entry[T]).key == key {
		return first.Value.(*entry[T])
	}
	if e := k.of[key]; e != nil {
		k.used.MoveToFront(e.at)
		return e
	}
	k.forget(most - 1)
	if k.of == nil {
		k.of = map[string]*entry[T]{}
	}
	e := &entry[T]{key: key}
	e.at = k.used.PushFront(e)
	k.of[key] = e
	return e
}

// forget drops keys that nobody holds until there are at most so many left.
func (k *keys[T]) forget(most int) {
	for e := k.used.Back(); e != nil && len(k.of) > most; {
		older := e
		e = e.Prev()
		if v := older.Value.(*entry[T]); v.held == 0 {
			k.used.Remove(older)
			delete(k.of, v.key)
		}
	}
}
