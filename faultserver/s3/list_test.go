package s3

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"
)

func TestListPartsPages(t *testing.T) {
	f := start(t, Config{})
	id := f.create("k")
	for _, n := range []int{7, 2, 9, 1, 4} {
		f.part("k", id, n, body(n, 0))
	}
	var got []string
	marker := 0
	for pages := 1; ; pages++ {
		res, err := f.core.ListObjectParts(t.Context(), testBucket, "k", id, marker, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range res.ObjectParts {
			got = append(got, fmt.Sprint(p.PartNumber, "/", p.Size))
		}
		if !res.IsTruncated {
			if pages != 3 {
				t.Errorf("%d pages, want 3", pages)
			}
			break
		}
		marker = res.NextPartNumberMarker
	}
	if want := "1/1 2/2 4/4 7/7 9/9"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	_, err := f.core.ListObjectParts(t.Context(), testBucket, "other", id, 0, 0)
	wantCode(t, err, "NoSuchUpload")
}

func TestListUploadsPages(t *testing.T) {
	f := start(t, Config{})
	ids := map[string]string{}
	for _, key := range []string{"b", "a", "b", "dir/x", "dir/y", "c +ö", "b"} {
		ids[f.create(key)] = key
	}
	list := func(prefix, delimiter string, limit int) (got []string) {
		key, id := "", ""
		for range 20 {
			res, err := f.core.ListMultipartUploads(t.Context(), testBucket, prefix, key, id, delimiter, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range res.Uploads {
				if ids[u.UploadID] != u.Key {
					t.Errorf("upload of %q is listed under %q", ids[u.UploadID], u.Key)
				}
				got = append(got, u.Key)
			}
			for _, p := range res.CommonPrefixes {
				got = append(got, p.Prefix)
			}
			if !res.IsTruncated {
				return got
			}
			key, id = res.NextKeyMarker, res.NextUploadIDMarker
		}
		t.Fatal("pages never end")
		return nil
	}
	for _, tt := range []struct {
		prefix, delimiter, want string
	}{
		{"", "", "a,b,b,b,c +ö,dir/x,dir/y"},
		{"b", "", "b,b,b"},
		{"dir/", "", "dir/x,dir/y"},
		{"", "/", "a,b,b,b,c +ö,dir/"},
		{"none", "", ""},
	} {
		for _, limit := range []int{1, 2, 1000} {
			if got := strings.Join(list(tt.prefix, tt.delimiter, limit), ","); got != tt.want {
				t.Errorf("prefix %q delimiter %q limit %d: got %q, want %q", tt.prefix, tt.delimiter, limit, got, tt.want)
			}
		}
	}
}

func TestListObjects(t *testing.T) {
	f := start(t, Config{})
	for _, key := range []string{"a", "b/1", "b/2", "c/1", "d"} {
		if _, err := f.core.Client.PutObject(t.Context(), testBucket, key, strings.NewReader(key), int64(len(key)), minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		opts minio.ListObjectsOptions
		want string
	}{
		{minio.ListObjectsOptions{Recursive: true}, "a b/1 b/2 c/1 d"},
		{minio.ListObjectsOptions{}, "a d b/ c/"},
		{minio.ListObjectsOptions{Prefix: "b/"}, "b/1 b/2"},
		{minio.ListObjectsOptions{Recursive: true, StartAfter: "b/1"}, "b/2 c/1 d"},
	} {
		// With one key per page the order differs: prefixes then come where they sort.
		for _, max := range []int{0, 1, 2} {
			tt.opts.MaxKeys = max
			seen := map[string]int{}
			n := 0
			for obj := range f.core.Client.ListObjects(t.Context(), testBucket, tt.opts) {
				if obj.Err != nil {
					t.Fatal(obj.Err)
				}
				seen[obj.Key]++
				n++
			}
			want := strings.Fields(tt.want)
			for _, key := range want {
				if seen[key] != 1 {
					t.Errorf("%+v: %q is listed %d times", tt.opts, key, seen[key])
				}
			}
			if n != len(want) {
				t.Errorf("%+v: %d entries, want %d", tt.opts, n, len(want))
			}
		}
	}
	objects := make(chan minio.ObjectInfo, 2)
	objects <- minio.ObjectInfo{Key: "a"}
	objects <- minio.ObjectInfo{Key: "b/1"}
	close(objects)
	for e := range f.core.RemoveObjects(t.Context(), testBucket, objects, minio.RemoveObjectsOptions{}) {
		t.Error(e.Err)
	}
	if _, ok := f.srv.Stat(testBucket, "a"); ok {
		t.Error("a is there after it was removed")
	}
	if _, ok := f.srv.Stat(testBucket, "b/2"); !ok {
		t.Error("b/2 is gone")
	}
}

// TestListsWhileUploading is for the race detector, and checks that a list never shows half a part.
func TestListsWhileUploading(t *testing.T) {
	f := start(t, Config{MinPartSize: -1})
	id := f.create("k")
	const parts = 40
	var wg sync.WaitGroup
	all := make([]minio.CompletePart, parts)
	for w := range 4 {
		wg.Go(func() {
			for n := w; n < parts; n += 4 {
				all[n] = f.part("k", id, n+1, body(5000, byte(n)))
			}
		})
	}
	wg.Go(func() {
		for range 30 {
			res, err := f.core.ListObjectParts(t.Context(), testBucket, "k", id, 0, 1000)
			if err != nil {
				t.Error(err)
				return
			}
			for i, p := range res.ObjectParts {
				if p.Size != 5000 || i > 0 && p.PartNumber <= res.ObjectParts[i-1].PartNumber {
					t.Errorf("part %+v", p)
				}
			}
			up, err := f.core.ListMultipartUploads(t.Context(), testBucket, "k", "", "", "", 10)
			if err != nil || len(up.Uploads) != 1 {
				t.Errorf("uploads: %+v, %v", up.Uploads, err)
			}
		}
	})
	wg.Wait()
	// Two completes at once: both succeed with the same ETag.
	etags := make([]string, 2)
	for i := range etags {
		wg.Go(func() {
			var err error
			if etags[i], err = f.complete("k", id, all...); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if etags[0] != etags[1] || etags[0] == "" {
		t.Errorf("ETags %q", etags)
	}
}
