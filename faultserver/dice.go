package faultserver

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/ratebench/ratebench/faultserver/ops"
)

// identity is what a fault is decided by: the same for every contestant, at every concurrency, on every machine.
type identity struct {
	op     string
	object uint64 // ordinal of the object, or a hash of its bucket and key; never its upload id
	part   int
	// asks tells requests to a control plane apart that are about the same object, or none: a hash of the work that a token is
	// for, and of who asks if there is no object; zero: neither is known.
	asks uint64
}

// asked is that hash. A client is known where it says itself which one it is, in the attempt header: its ordinal in a trial.
func asked(op string, object bool, work, attempt string) uint64 {
	if !ops.Control(op) {
		return 0
	}
	client, _, known := strings.Cut(attempt, "-")
	if !known || object {
		client = ""
	}
	if client == "" && work == "" {
		return 0
	}
	return hashKey(client, work)
}

// digest is what all dice of an attempt come from: a hash of seed, identity and attempt number.
func digest(seed uint64, id identity, attempt int) uint64 {
	buf := make([]byte, 0, 64)
	buf = binary.BigEndian.AppendUint64(buf, seed)
	buf = binary.BigEndian.AppendUint64(buf, id.object)
	buf = binary.BigEndian.AppendUint64(buf, uint64(id.part))
	buf = binary.BigEndian.AppendUint64(buf, uint64(attempt))
	if id.asks != 0 {
		buf = binary.BigEndian.AppendUint64(buf, id.asks)
	}
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
