package s3

import (
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/rclone/gofakes3"
)

type listedPart struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
}

func (s *Server) listParts(w http.ResponseWriter, bucket, key, id string, q url.Values) error {
	limit, err := pageSize(q, "max-parts")
	if err != nil {
		return err
	}
	marker, err := number(q, "part-number-marker", 0)
	if err != nil {
		return err
	}
	s.mu.RLock()
	up := s.upload(bucket, key, id)
	if up == nil {
		s.mu.RUnlock()
		return errNoSuchUpload
	}
	parts := maps.Clone(up.parts)
	s.mu.RUnlock()
	var res struct {
		XMLName                                xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket, Key, UploadId                  string
		StorageClass                           string
		PartNumberMarker, NextPartNumberMarker int
		MaxParts                               int
		IsTruncated                            bool
		Part                                   []listedPart
	}
	res.Bucket, res.Key, res.UploadId, res.StorageClass = bucket, key, id, "STANDARD"
	res.PartNumberMarker, res.MaxParts = marker, limit
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		if n <= marker {
			continue
		}
		if len(res.Part) == limit {
			res.IsTruncated = true
			break
		}
		p := parts[n]
		res.Part = append(res.Part, listedPart{n, stamp(p.modified), quote(p.etag()), p.Size})
		res.NextPartNumberMarker = n
	}
	return answer(w, &res)
}

// location tells a bucket's region. us-east-1 is said by saying nothing.
func (s *Server) location(w http.ResponseWriter, bucket string) error {
	s.mu.RLock()
	known := s.buckets[bucket] != nil
	s.mu.RUnlock()
	if !known {
		return noSuch(gofakes3.ErrNoSuchBucket, bucket)
	}
	var res struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}
	if s.cfg.Region != "us-east-1" {
		res.Region = s.cfg.Region
	}
	return answer(w, &res)
}

// answer sends a list as XML.
func answer(w http.ResponseWriter, v any) error {
	body, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	sendXML(w, http.StatusOK, body)
	return nil
}
