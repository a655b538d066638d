package transport

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"time"
)

// peekLimit bounds how much of an error body is looked at. S3's error bodies take some 300 bytes.
const peekLimit = 4 << 10

// peekCode returns the <Code> of an S3 error body, or "". It reads no further than it must, and puts what it has read
// back in front of the rest. A body that has not come so far within a second is closed: then what there is of it ends in an
// error.
func peekCode(resp *http.Response) string {
	if p, ok := resp.Body.(*peekedBody); ok {
		return p.code // another layer has been here
	}
	if resp.Body == nil || resp.Body == http.NoBody || resp.ContentLength == 0 || !isXML(resp.Header) ||
		resp.Request != nil && resp.Request.Method == http.MethodHead {
		return ""
	}
	body := resp.Body
	late := time.AfterFunc(patience, func() { body.Close() })
	defer late.Stop()
	head := make([]byte, 0, 512)
	var err error
	for err == nil && len(head) < peekLimit && !bytes.Contains(head, codeEnd) {
		if len(head) == cap(head) {
			head = append(make([]byte, 0, 2*cap(head)), head...)
		}
		var n int
		n, err = resp.Body.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
	}
	p := &peekedBody{rest: resp.Body, head: head, err: err, code: codeIn(head)}
	resp.Body = p
	return p.code
}

var codeStart, codeEnd = []byte("<Code>"), []byte("</Code>")

func codeIn(head []byte) string {
	_, after, ok := bytes.Cut(head, codeStart)
	code, _, closed := bytes.Cut(after, codeEnd)
	if !ok || !closed || len(code) > 128 {
		return ""
	}
	return string(bytes.TrimSpace(code))
}

func isXML(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.HasSuffix(strings.TrimSpace(kind), "xml") && h.Get("Content-Encoding") == ""
}

// peekedBody yields what was read ahead, then how that ended if it did, then the rest.
type peekedBody struct {
	rest io.ReadCloser
	head []byte
	err  error
	code string
}

func (p *peekedBody) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.rest.Read(b)
}

func (p *peekedBody) Close() error { return p.rest.Close() }
