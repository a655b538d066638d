package faults

import "sync"

// inFlight counts attempts under way, by scope.
type inFlight struct {
	mu    sync.Mutex
	count map[string]int
}

// enter counts one in and returns how many there are; leave must follow.
func (f *inFlight) enter(key string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == nil {
		f.count = map[string]int{}
	}
	f.count[key]++
	return f.count[key]
}

func (f *inFlight) leave(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count[key]--; f.count[key] == 0 {
		delete(f.count, key)
	}
}
