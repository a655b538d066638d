package faults

import (
	"net/http"

	"golang.org/x/net/http/httpguts"
)

// DuplicateHeader adds a header to every answer, beside the one that may be there. Libraries disagree on which of the two
// counts.
type DuplicateHeader struct {
	Name  string `yaml:"name" json:"name" jsonschema:"description=The header's name."`
	Value string `yaml:"value" json:"value" jsonschema:"description=The second value."`
}

// Defaults implements Config.
func (*DuplicateHeader) Defaults() {}

// New implements Config.
func (c *DuplicateHeader) New(Env) (Fault, error) {
	switch {
	case !httpguts.ValidHeaderFieldName(c.Name):
		return nil, Wrong("name", "%q is no name for a header: write one such as ETag", c.Name)
	case !httpguts.ValidHeaderFieldValue(c.Value):
		return nil, Wrong("value", "%q cannot stand in a header: write plain text", c.Value)
	}
	switch http.CanonicalHeaderKey(c.Name) {
	case "Content-Length", "Transfer-Encoding", "Connection", "Trailer":
		return nil, Wrong("name", "%s frames the message and cannot be doubled; wrong_length and malformed_chunk do such things", c.Name)
	}
	return duplicateHeader{*c}, nil
}

type duplicateHeader struct{ DuplicateHeader }

func (f duplicateHeader) Act(x *Exchange) bool {
	x.Note("duplicate_header")
	x.changeHeader(func(_ int, h http.Header) { h.Add(f.Name, f.Value) })
	return false
}
