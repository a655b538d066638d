package connector

import "time"

// Journal remembers half-finished uploads, so that another process can go on with them. Its methods are safe for concurrent use.
type Journal interface {
	// Load returns what is remembered of an alias in a box, or nil.
	Load(boxID, alias string) (*HalfUpload, error)
	// Save remembers it, in place of what was remembered of the same alias in the same box.
	Save(h *HalfUpload) error
	// Drop forgets an alias in a box; one that is not known is no error.
	Drop(boxID, alias string) error
}

// Holder is a Journal that keeps an alias in a box for one upload at a time, those of other processes included. Of two that went on with the same
// upload, each would spoil the other's parts.
type Holder interface {
	// Hold keeps it until release is called, and does not wait: while another upload has it, the error is ErrUploading.
	Hold(boxID, alias string) (release func(), err error)
}

// HalfUpload is an upload of which some parts have been brought.
type HalfUpload struct {
	Alias         string
	FileID, BoxID string
	Size          int64
	Modified      time.Time
	PartSize      int64
	// Header is the file's own Crypt4GH header, and Sealed a Crypt4GH header that holds the same data key for the user's key: the key
	// itself is written nowhere.
	Header, Sealed []byte
	Parts          map[int]PartDigests // by number
}

// PartDigests are those of an encrypted part, in hex.
type PartDigests struct {
	MD5, SHA256 string
	// Plain is the SHA-256 of the plain file from its beginning to the end of the last segment that begins in the part: who comes by later
	// sees whether the file is still the same.
	Plain string
}
