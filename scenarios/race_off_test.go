//go:build !race

package scenarios

// nonsenseSize is how long files of nonsense are, in bytes.
const nonsenseSize = 200 << 10
