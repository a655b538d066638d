package faultserver

import (
	"crypto/sha256"
	"encoding/binary"
)

// identity is what a fault is decided by: the same for every contestant, at every concurrency, on every machine.
type identity struct {
	op     string
	object uint64 // ordinal of the object, or a hash of its bucket and key; never its upload id
	part   int
}

// digest is what all dice of an attempt come from: a hash of seed, identity and attempt number.
func digest(seed uint64, id identity, attempt int) uint64 {
	buf := make([]byte, 0, 64)
	buf = binary.BigEndian.AppendUint64(buf, seed)
	buf = binary.BigEndian.AppendUint64(buf, id.object)
	buf = binary.BigEndian.AppendUint64(buf, uint64(id.part))
	buf = binary.BigEndian.AppendUint64(buf, uint64(attempt))
	buf = append(buf, id.op...)
	sum := sha256.Sum256(buf)
	return binary.BigEndian.Uint64(sum[:])
}

// dice returns a number in [0, 1) for one rule, by the hash of its name. salt tells apart several draws of one rule for
// one attempt. SHA-256 is paid once for each attempt; for the rules the finalizer of SplitMix64 is enough, which changes
// half of the bits of its result whenever one bit of its argument changes (Steele, Lea, Flood: Fast Splittable
// Pseudorandom Number Generators, OOPSLA 2014).
func dice(digest, rule uint64, salt byte) float64 {
	return float64(mix(digest^mix(rule+uint64(salt)*0x9e3779b97f4a7c15))>>11) / (1 << 53)
}

func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// hashName is a rule's part of the dice.
func hashName(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:])
}

// hashKey stands for an object whose ordinal nobody knows: FNV-1a, then mixed. It does not depend on what was asked for
// before, as counting keys would.
func hashKey(bucket, key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(bucket) {
		h = (h ^ uint64(bucket[i])) * 1099511628211
	}
	h = (h ^ '/') * 1099511628211
	for i := range len(key) {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return mix(h)
}
