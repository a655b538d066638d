package connector

// Sizes of Crypt4GH, in bytes. A segment has a nonce before it and a tag behind it.
const (
	plainSegment = 65536
	nonceSize    = 12
	tagSize      = 16
	segment      = nonceSize + plainSegment + tagSize
	headerSize   = 124 // for one recipient
)

// EncryptedSize is the size in bytes of a file of n bytes as Crypt4GH for one recipient: 28 more for each segment of 64 KiB, and 124 for
// the header.
func EncryptedSize(n int64) int64 {
	return n + (nonceSize+tagSize)*((n+plainSegment-1)/plainSegment) + headerSize
}

// Limits of S3's multipart uploads, in whole segments where they are sizes. The Connector keeps to fewer parts than S3 allows.
const (
	minPartSize = 80 * segment    // 5 MiB
	maxPartSize = 81885 * segment // 5 GiB
	mostParts   = 9995
)

// PartSize fits a part size as configured to an encrypted file, both in bytes: up to whole segments, up to what leaves fewer
// than 10,000 parts, and into S3's limits, however small or large it was.
func PartSize(configured, encrypted int64) int64 {
	configured = min(max(configured, 1), maxPartSize)
	size := ceil(configured, segment) * segment
	if ceil(encrypted, size) >= 10_000 {
		size = ceil(ceil(encrypted-headerSize, mostParts), segment) * segment
	}
	return min(max(size, minPartSize), maxPartSize)
}

func ceil(n, by int64) int64 { return (n + by - 1) / by }

// cut is how an encrypted file is cut into parts.
type cut struct{ size, partSize int64 } // of the plain file, and of a part

func (c cut) encrypted() int64 { return EncryptedSize(c.size) }
func (c cut) parts() int       { return int(ceil(c.encrypted(), c.partSize)) }

// span is where a part, counted from 1, lies in the encrypted file.
func (c cut) span(part int) (from, to int64) {
	from = int64(part-1) * c.partSize
	return from, min(from+c.partSize, c.encrypted())
}
