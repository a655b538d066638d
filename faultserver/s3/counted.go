package s3

import (
	"crypto/md5"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/rclone/gofakes3"
)

// CountedMD5 stands for the MD5 of content of which only the size matters: both sides know it without a look at a byte.
func CountedMD5(size int64) [md5.Size]byte {
	return md5.Sum(strconv.AppendInt([]byte("counted:"), size, 10))
}

// takeCounted stores a part or an object by its size alone. Bodies in AWS's chunked encoding are not decoded: their header
// says how long the content is.
func (s *Server) takeCounted(w http.ResponseWriter, r *http.Request, bucket, key string, q url.Values) error {
	size := r.ContentLength
	if n, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64); err == nil && n >= 0 {
		size = n
	}
	if size < 0 {
		return gofakes3.ErrMissingContentLength
	}
	buf := buffers.Get().(*[receiveBuffer]byte)
	defer buffers.Put(buf)
	var got int64
	for {
		n, err := r.Body.Read(buf[:])
		got += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return gofakes3.ErrIncompleteBody
		}
	}
	if r.ContentLength >= 0 && got != r.ContentLength {
		return gofakes3.ErrIncompleteBody
	}
	p := part{Part: Part{Size: size, MD5: CountedMD5(size)}, modified: time.Now()}
	etag := quote(p.etag())
	var err error
	if id := q.Get("uploadId"); id != "" {
		if p.Number, err = strconv.Atoi(q.Get("partNumber")); err != nil || p.Number < 1 || p.Number > 10_000 {
			return gofakes3.ErrInvalidPart
		}
		_, err = s.addPart(bucket, key, id, p)
	} else {
		err = s.addObject(bucket, key, p, http.Header{})
	}
	if err == nil {
		w.Header().Set("ETag", etag)
		w.WriteHeader(http.StatusOK)
	}
	return err
}
