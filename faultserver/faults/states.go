package faults

// states holds one S for each scope key, and forgets those not asked for in long, so that it does not grow with clients or
// keys: it has two generations, and drops the older one whenever the younger is full. Its owner guards it.
type states[S any] struct {
	young, old map[string]*S
}

// mostStates is the size of a generation.
const mostStates = 1 << 16

func newStates[S any]() *states[S] { return &states[S]{young: map[string]*S{}} }

// get returns the state of a key; that of a new one is zero.
func (g *states[S]) get(key string) *S {
	if s := g.young[key]; s != nil {
		return s
	}
	s := g.old[key]
	if s == nil {
		s = new(S)
	}
	if len(g.young) >= mostStates {
		g.old, g.young = g.young, map[string]*S{}
	}
	g.young[key] = s
	return s
}

// def fills in what was left out.
func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
