package s3

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rclone/gofakes3"
)

// Note: gofakes3 lists parts under one lock and adds them under another, and its markers name the first entry of the
// next page where S3's name the last of this one. So lists of uploads and parts are answered here.

const maxListed = 1000 // entries of a page, at most and by default

type listedUpload struct {
	Key, UploadId string // as S3 spells it
	StorageClass  string
	Initiated     string
}

type listedPrefix struct{ Prefix string }

func (s *Server) listUploads(w http.ResponseWriter, bucket string, q url.Values) error {
	limit, err := pageSize(q, "max-uploads")
	if err != nil {
		return err
	}
	encode := func(s string) string { return s }
	if q.Get("encoding-type") == "url" {
		encode = gofakes3.URLEncode
	}
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	uploads, err := s.uploadsAfter(bucket, prefix, q.Get("key-marker"), q.Get("upload-id-marker"))
	if err != nil {
		return err
	}
	var res struct {
		XMLName                           xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
		Bucket                            string
		KeyMarker, UploadIdMarker         string
		NextKeyMarker, NextUploadIdMarker string `xml:",omitempty"`
		EncodingType, Prefix, Delimiter   string `xml:",omitempty"`
		MaxUploads                        int
		IsTruncated                       bool
		Upload                            []listedUpload
		CommonPrefixes                    []listedPrefix
	}
	res.Bucket, res.MaxUploads, res.EncodingType = bucket, limit, q.Get("encoding-type")
	res.KeyMarker, res.UploadIdMarker = encode(q.Get("key-marker")), q.Get("upload-id-marker")
	res.Prefix, res.Delimiter = encode(prefix), encode(delimiter)
	last := ""
	for _, up := range uploads {
		common := commonPrefix(up.key, prefix, delimiter)
		if common != "" && (common == last || common == q.Get("key-marker")) {
			continue
		}
		if len(res.Upload)+len(res.CommonPrefixes) == limit {
			res.IsTruncated = true
			break
		}
		last = common
		res.NextKeyMarker, res.NextUploadIdMarker = encode(up.key), up.id
		if common != "" {
			res.NextKeyMarker, res.NextUploadIdMarker = encode(common), ""
			res.CommonPrefixes = append(res.CommonPrefixes, listedPrefix{encode(common)})
			continue
		}
		res.Upload = append(res.Upload, listedUpload{encode(up.key), up.id, "STANDARD", stamp(up.initiated)})
	}
	if !res.IsTruncated {
		res.NextKeyMarker, res.NextUploadIdMarker = "", ""
	}
	return answer(w, &res)
}

// uploadsAfter returns a bucket's open uploads behind a marker, by key and then by age.
func (s *Server) uploadsAfter(bucket, prefix, key, id string) ([]*upload, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.buckets[bucket]
	if b == nil {
		return nil, noSuch(gofakes3.ErrNoSuchBucket, bucket)
	}
	var list []*upload
	for _, up := range b.uploads {
		after := key == "" || up.key > key || up.key == key && id != "" && up.id > id
		if after && strings.HasPrefix(up.key, prefix) {
			list = append(list, up)
		}
	}
	slices.SortFunc(list, func(a, b *upload) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	return list, nil
}

// pageSize reads the number of entries that a client wants on a page.
func pageSize(q url.Values, name string) (int, error) {
	n, err := number(q, name, maxListed)
	if n == 0 {
		n = maxListed
	}
	return min(n, maxListed), err
}

func number(q url.Values, name string, missing int) (int, error) {
	if q.Get(name) == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 0 {
		return 0, &apiError{http.StatusBadRequest, "InvalidArgument", name + " is not a number of at least 0"}
	}
	return n, nil
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
