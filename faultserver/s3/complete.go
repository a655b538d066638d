package s3

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rclone/gofakes3"
)

// completedPart is one entry of a client's list of parts.
type completedPart struct {
	PartNumber int
	ETag       string
}

// serveComplete answers CompleteMultipartUpload. Unlike gofakes3 it gives the same answer again to a client that lost
// the first one, as S3 does.
func (s *Server) serveComplete(w http.ResponseWriter, r *http.Request, bucket, key, id string) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, gofakes3.MaxXMLBodySize+1))
	if err != nil {
		return gofakes3.ErrIncompleteBody
	}
	var list struct {
		XMLName xml.Name        `xml:"CompleteMultipartUpload"`
		Part    []completedPart `xml:"Part"`
	}
	if len(body) > gofakes3.MaxXMLBodySize || xml.Unmarshal(body, &list) != nil || len(list.Part) == 0 {
		return &apiError{http.StatusBadRequest, "MalformedXML", "the list of parts is empty or cannot be read"}
	}
	etag, err := s.complete(bucket, key, id, list.Part)
	if err != nil {
		return err
	}
	// An error only says that a request at the same time has done it.
	_ = s.gofa.ForgetMultipartUpload(r.Context(), bucket, key, gofakes3.UploadID(id))
	answer, err := xml.Marshal(struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Location: "http://" + r.Host + "/" + bucket + "/" + key, Bucket: bucket, Key: key, ETag: quote(etag)})
	if err != nil {
		return err
	}
	sendXML(w, http.StatusOK, answer)
	return nil
}

// complete makes an object of an upload's parts and returns its ETag.
func (s *Server) complete(bucket, key, id string, list []completedPart) (string, error) {
	s.mu.Lock()
	etag, gone, err := s.completeLocked(bucket, key, id, list)
	s.mu.Unlock()
	s.files.remove(gone...)
	return etag, err
}

func (s *Server) completeLocked(bucket, key, id string, list []completedPart) (etag string, gone []part, err error) {
	up := s.upload(bucket, key, id)
	if up == nil {
		if b := s.buckets[bucket]; b != nil {
			if obj := b.objects[key]; obj != nil && obj.uploadID == id && sameParts(obj.parts, list) {
				return obj.etag, nil, nil
			}
		}
		return "", nil, errNoSuchUpload
	}
	for i := 1; i < len(list); i++ {
		if list[i].PartNumber <= list[i-1].PartNumber {
			return "", nil, &apiError{http.StatusBadRequest, "InvalidPartOrder", "the list of parts is not in ascending order"}
		}
	}
	obj := &object{parts: make([]part, 0, len(list)), modified: time.Now(), header: up.header, uploadID: id}
	for i, c := range list {
		p, ok := up.parts[c.PartNumber]
		if !ok || !p.matches(c) {
			return "", nil, &apiError{http.StatusBadRequest, "InvalidPart", "a part was not uploaded, or its ETag is another"}
		}
		if i < len(list)-1 && p.Size < s.cfg.MinPartSize {
			return "", nil, errEntityTooSmall
		}
		obj.parts = append(obj.parts, p)
		obj.size += p.Size
	}
	obj.etag = multipartETag(obj.parts)
	b := s.buckets[bucket]
	delete(b.uploads, id)
	gone = b.put(key, obj)
	for _, p := range obj.parts {
		delete(up.parts, p.Number)
	}
	for _, p := range up.parts { // uploaded, but not in the list
		gone = append(gone, p)
	}
	return obj.etag, gone, nil
}

func (p *part) matches(c completedPart) bool {
	return p.Number == c.PartNumber && strings.EqualFold(strings.Trim(c.ETag, `"`), p.etag())
}

func sameParts(parts []part, list []completedPart) bool {
	if len(parts) != len(list) {
		return false
	}
	for i := range parts {
		if !parts[i].matches(list[i]) {
			return false
		}
	}
	return true
}
