package s3

import (
	"io"
	"net/http"
	"os"
)

// getObject answers GET and HEAD of an object: ranges and conditions are net/http's, which gofakes3 lacks in part.
func (s *Server) getObject(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	obj, err := s.lookup(bucket, key)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet && s.files.dir == "" && obj.size > 0 {
		return errNotKept
	}
	h := w.Header()
	h.Set("Content-Type", "binary/octet-stream")
	for name, values := range obj.header {
		h[name] = values
	}
	h.Set("ETag", quote(obj.etag))
	c := &content{parts: obj.parts, size: obj.size}
	defer c.close()
	http.ServeContent(w, r, "", obj.modified, c)
	return nil
}

// content reads the files of an object's parts as one. An object that is deleted meanwhile ends it with an error.
type content struct {
	parts []part
	size  int64
	off   int64

	file *os.File // holds off; nil: not open
	left int64    // bytes of file from off on
}

func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.off
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return c.off, os.ErrInvalid
	}
	c.close()
	c.off = offset
	return offset, nil
}

func (c *content) Read(p []byte) (int, error) {
	if c.off >= c.size {
		return 0, io.EOF
	}
	if c.file == nil {
		if err := c.open(); err != nil {
			return 0, err
		}
	}
	n, err := c.file.Read(p[:min(int64(len(p)), c.left)])
	c.off += int64(n)
	c.left -= int64(n)
	if c.left == 0 {
		c.close()
		return n, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // the file is shorter than it was
	}
	return n, err
}

func (c *content) open() error {
	start := int64(0)
	for _, p := range c.parts {
		if c.off < start+p.Size {
			f, err := os.Open(p.path)
			if err != nil {
				return err
			}
			c.file, c.left = f, start+p.Size-c.off
			_, err = f.Seek(c.off-start, io.SeekStart)
			return err
		}
		start += p.Size
	}
	return io.EOF
}

func (c *content) close() {
	if c.file != nil {
		_ = c.file.Close()
		c.file = nil
	}
}
