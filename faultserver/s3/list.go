package s3

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/rclone/gofakes3"
)

// ListBucket lists a page of a bucket's objects.
func (s backend) ListBucket(_ context.Context, name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	if prefix == nil {
		prefix = &gofakes3.Prefix{}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.buckets[name]
	if b == nil {
		return nil, gofakes3.BucketNotFound(name)
	}
	list := gofakes3.NewObjectList()
	last, n := "", int64(0)
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		if key <= page.Marker && page.Marker != "" || !strings.HasPrefix(key, prefix.Prefix) {
			continue
		}
		common := commonPrefix(key, prefix.Prefix, prefix.Delimiter)
		if common != "" && (common == last || common == page.Marker) {
			continue
		}
		if page.MaxKeys > 0 && n == page.MaxKeys {
			list.IsTruncated, list.NextMarker = true, last
			break
		}
		n++
		if last = common; common != "" {
			list.AddPrefix(common)
			continue
		}
		last = key
		obj := b.objects[key]
		list.Add(&gofakes3.Content{
			Key: key, LastModified: gofakes3.NewContentTime(obj.modified), ETag: quote(obj.etag), Size: obj.size,
		})
	}
	return list, nil
}

// commonPrefix is the part of a key up to the first delimiter behind the prefix; empty if there is none.
func commonPrefix(key, prefix, delimiter string) string {
	if delimiter == "" {
		return ""
	}
	if i := strings.Index(key[len(prefix):], delimiter); i >= 0 {
		return key[:len(prefix)+i+len(delimiter)]
	}
	return ""
}
