package faultserver

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/ratebench/ratebench/faultserver/faults"
	"github.com/ratebench/ratebench/faultserver/ops"
	"github.com/ratebench/ratebench/internal/units"
)

// Match says which requests a rule applies to. All conditions must hold; the zero value matches every request. Patterns
// know * and ?, as path.Match does; * does not match a slash.
type Match struct {
	// Op lists operations, such as upload_part; see ops.All. Empty: all.
	Op     []string `yaml:"op,omitempty" json:"op,omitempty" jsonschema:"description=Operations. Empty: all."`
	Method []string `yaml:"method,omitempty" json:"method,omitempty" jsonschema:"description=HTTP methods. Empty: all."`
	Bucket string   `yaml:"bucket,omitempty" json:"bucket,omitempty" jsonschema:"description=Pattern for the bucket with * and ?. Empty: all."`
	// Key is a pattern for the object's key, or for the path of a plain HTTP request. Empty: all.
	Key string `yaml:"key,omitempty" json:"key,omitempty" jsonschema:"description=Pattern for the object's key with * and ?. Empty: all."`
	// Parts limits upload_part to these part numbers, MinPart and MaxPart to a range. Empty: all.
	Parts   []int `yaml:"parts,omitempty" json:"parts,omitempty" jsonschema:"description=Part numbers. Empty: all."`
	MinPart int   `yaml:"min_part,omitempty" json:"min_part,omitempty" jsonschema:"description=The least part number.,minimum=1"`
	MaxPart int   `yaml:"max_part,omitempty" json:"max_part,omitempty" jsonschema:"description=The largest part number.,minimum=1"`
	// MinSize and MaxSize bound the Content-Length; a request without one does not match.
	MinSize units.Size `yaml:"min_size,omitempty" json:"min_size,omitempty" jsonschema:"description=The least size of the request's body."`
	MaxSize units.Size `yaml:"max_size,omitempty" json:"max_size,omitempty" jsonschema:"description=The largest size of the request's body."`
	// Client is a pattern for the client's name, as the ledger has it.
	Client      string `yaml:"client,omitempty" json:"client,omitempty" jsonschema:"description=Pattern for the client as the ledger names it. Empty: all."`
	Connections []int  `yaml:"connections,omitempty" json:"connections,omitempty" jsonschema:"description=Connections by the order in which they were accepted from 1. Empty: all."`
	// Header maps names of headers to patterns that one of their values must match.
	Header map[string]string `yaml:"header,omitempty" json:"header,omitempty" jsonschema:"description=Names of headers and patterns for their values."`
	// MinAttempt and MaxAttempt bound the attempt number, as the server counts.
	MinAttempt int `yaml:"min_attempt,omitempty" json:"min_attempt,omitempty" jsonschema:"description=Not before this attempt of a request.,minimum=1"`
	MaxAttempt int `yaml:"max_attempt,omitempty" json:"max_attempt,omitempty" jsonschema:"description=Not after this attempt of a request.,minimum=1"`
}

// request asks the conditions that the request's meaning decides.
func (m *Match) request(q *ops.Request) bool {
	switch {
	case len(m.Op) > 0 && !slices.Contains(m.Op, q.Op),
		len(m.Parts) > 0 && !slices.Contains(m.Parts, q.Part),
		m.MinPart > 0 && q.Part < m.MinPart,
		m.MaxPart > 0 && (q.Part > m.MaxPart || q.Part == 0),
		m.Bucket != "" && !glob(m.Bucket, q.Bucket),
		m.Key != "" && !glob(m.Key, q.Key):
		return false
	}
	return true
}

// wire asks the conditions that are about the way a request came.
func (m *Match) wire(x *faults.Exchange) bool {
	switch {
	case m.MinAttempt > 0 && x.Attempt < m.MinAttempt,
		m.MaxAttempt > 0 && x.Attempt > m.MaxAttempt,
		len(m.Method) > 0 && !slices.Contains(m.Method, x.R.Method),
		m.MinSize > 0 && x.R.ContentLength < int64(m.MinSize),
		m.MaxSize > 0 && (x.R.ContentLength < 0 || x.R.ContentLength > int64(m.MaxSize)),
		m.Client != "" && !glob(m.Client, x.Client),
		len(m.Connections) > 0 && (x.Conn == nil || !slices.Contains(m.Connections, x.Conn.Ordinal())):
		return false
	}
	for name, pattern := range m.Header {
		if !slices.ContainsFunc(x.R.Header[http.CanonicalHeaderKey(name)], func(v string) bool { return glob(pattern, v) }) {
			return false
		}
	}
	return true
}

// plain reports whether operation, key and listed parts decide alone.
func (m *Match) plain() bool {
	return m.meaningOnly() && m.Bucket == "" && m.MinPart == 0 && m.MaxPart == 0
}

// meaningOnly reports whether a request's meaning decides alone.
func (m *Match) meaningOnly() bool {
	return len(m.Method) == 0 && m.MinSize == 0 && m.MaxSize == 0 && m.Client == "" && len(m.Connections) == 0 && len(m.Header) == 0 &&
		m.MinAttempt == 0 && m.MaxAttempt == 0
}

// glob matches a pattern that was checked when the rule was made. A word with a star behind it is what nearly every
// pattern is; for that, path.Match takes several times as long.
func glob(pattern, s string) bool {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case c == '*' && i == len(pattern)-1:
			return strings.IndexByte(s[i:], '/') < 0
		case c == '*', c == '?', c == '[', c == '\\':
			ok, _ := path.Match(pattern[i:], s[i:])
			return ok
		case i == len(s) || c != s[i]:
			return false
		}
	}
	return len(s) == len(pattern)
}

// check finds patterns that are none.
func (m *Match) check() error {
	for _, p := range []struct{ param, pattern string }{{"bucket", m.Bucket}, {"key", m.Key}, {"client", m.Client}} {
		if _, err := path.Match(p.pattern, ""); err != nil {
			return faults.Wrong(p.param, "%q is no pattern: write it with * and ?, such as object-*", p.pattern)
		}
	}
	for name, pattern := range m.Header {
		if _, err := path.Match(pattern, ""); err != nil {
			return faults.Wrong("header."+name, "%q is no pattern: write it with * and ?, such as rclone*", pattern)
		}
	}
	switch {
	case m.MaxPart > 0 && m.MaxPart < m.MinPart:
		return faults.Wrong("max_part", "%d is less than min_part, %d", m.MaxPart, m.MinPart)
	case m.MaxSize > 0 && m.MaxSize < m.MinSize:
		return faults.Wrong("max_size", "%s is less than min_size, %s", m.MaxSize, m.MinSize)
	case m.MaxAttempt > 0 && m.MaxAttempt < m.MinAttempt:
		return faults.Wrong("max_attempt", "%d is less than min_attempt, %d", m.MaxAttempt, m.MinAttempt)
	}
	return nil
}
