//go:build race

package scenarios

// nonsenseSize is how long files of nonsense are, in bytes. Nothing runs at once when a file is read.
const nonsenseSize = 10 << 10
