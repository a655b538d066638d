//go:build !race

package network

// putSize is the size of a body of which a test sends many, in bytes.
const putSize = 8 << 20
