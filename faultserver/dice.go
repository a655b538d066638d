package faultserver

import (
	"crypto/sha256"
	"encoding/binary"
)

// identity is what a fault is decided by: the same for every contestant, at every concurrency, on every machine.
type identity struct {
	op     string
	object int // ordinal of the object, not its upload id
	part   int
}

// dice returns a number in [0, 1) that depends on nothing but its arguments. salt tells apart several draws of one
// rule for one attempt. SHA-256 is more than is needed and costs a fifth of a microsecond; it spares the question
// whether a cheaper hash is even enough.
func dice(seed uint64, rule string, id identity, attempt int, salt byte) float64 {
	buf := make([]byte, 0, 128)
	buf = binary.BigEndian.AppendUint64(buf, seed)
	buf = binary.BigEndian.AppendUint64(buf, uint64(id.object))
	buf = binary.BigEndian.AppendUint64(buf, uint64(id.part))
	buf = binary.BigEndian.AppendUint64(buf, uint64(attempt))
	buf = append(buf, salt)
	buf = append(buf, rule...)
	buf = append(buf, 0)
	buf = append(buf, id.op...)
	sum := sha256.Sum256(buf)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}
