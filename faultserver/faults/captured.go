package faults

import (
	"bytes"
	"net/http"
)

// Captured is an answer of the backend that is kept instead of sent, for faults that change it. It is meant for small
// ones: lists and the like.
type Captured struct {
	Status int
	Fields http.Header
	Body   bytes.Buffer
}

// Capture lets the backend answer, and keeps that.
func (x *Exchange) Capture() *Captured {
	c := &Captured{Fields: http.Header{}}
	x.Host.Pass(c)
	return c
}

// Header implements http.ResponseWriter.
func (c *Captured) Header() http.Header { return c.Fields }

// WriteHeader implements http.ResponseWriter.
func (c *Captured) WriteHeader(status int) {
	if c.Status == 0 && status >= 200 {
		c.Status = status
	}
}

// Write implements http.ResponseWriter.
func (c *Captured) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.Body.Write(p)
}

// sendHeader copies the kept header to w and begins the answer.
func (c *Captured) sendHeader(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range c.Fields {
		h[name] = values
	}
	w.WriteHeader(c.Status)
}
