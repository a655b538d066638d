package runner

// SeedOf is the seed of all trials of a repeat, counted from 1, in a run with a seed.
func SeedOf(seed uint64, repeat int) uint64 { return mix(seed, uint64(repeat-1)) }
