//go:build race

package network

// putSize is the size of a body of which a test sends many, in bytes. The race detector looks at each of them.
const putSize = 512 << 10
