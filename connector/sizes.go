package connector

// EncryptedSize is the size in bytes of a file of n bytes as Crypt4GH for one recipient: 28 more for each segment of 64 KiB, and 124 for
// the header.
func EncryptedSize(n int64) int64 {
	return n + 28*((n+65535)/65536) + 124
}
