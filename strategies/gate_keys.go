package strategies

// keys holds what a gate knows of each Call.Key, for a bounded number of keys: beyond it the ones that were used least
// recently are forgotten, but none of which an attempt waits or is in flight. So there are at most as many as the bound, or
// as attempts that are in the gate at once. Its owner guards it.
type keys[T any] struct {
	of          map[string]*entry[T]
	first, last *entry[T] // used most and least recently
}

type entry[T any] struct {
	key        string
	prev, next *entry[T]
	held       int // attempts that wait or are in flight
	value      T
}

// get returns a key's entry, which is new if the key is. most is the bound.
func (k *keys[T]) get(key string, most int) *entry[T] {
	if k.first != nil && k.first.key == key {
		return k.first
	}
	e := k.of[key]
	if e == nil {
		k.forget(most - 1)
		e = &entry[T]{key: key}
		if k.of == nil {
			k.of = map[string]*entry[T]{}
		}
		k.of[key] = e
	} else {
		k.unlink(e)
	}
	e.prev, e.next = nil, k.first
	if k.first != nil {
		k.first.prev = e
	} else {
		k.last = e
	}
	k.first = e
	return e
}

// forget drops keys that nobody holds until there are at most so many left.
func (k *keys[T]) forget(most int) {
	for e := k.last; e != nil && len(k.of) > most; {
		older := e
		e = e.prev
		if older.held == 0 {
			k.unlink(older)
			delete(k.of, older.key)
		}
	}
}

func (k *keys[T]) unlink(e *entry[T]) {
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		k.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		k.last = e.prev
	}
}
