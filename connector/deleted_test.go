package connector

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// repeating is S3's answer to a part of an upload that it does not know, of a kind that has no words for it.
const repeating = "<Error><Code>NoSuchUpload</Code><Message>NoSuchUpload</Message></Error>"

// An upload that somebody deletes elsewhere ends so, whichever call finds out, and nothing is begun again or deleted once more.
func TestDeletedElsewhere(t *testing.T) {
	for op, answer := range map[string]func() (*http.Response, error){
		"put":      func() (*http.Response, error) { return says(404, repeating) },
		"url":      func() (*http.Response, error) { return says(404, exception("s3UploadNotFound")) },
		"complete": func() (*http.Response, error) { return says(409, exception("fileUploadStateError")) },
	} {
		for _, passes := range []int{0, 2} {
			t.Run(op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(t)
					f.before = func(o string, n int, r *http.Request) (*http.Response, error) {
						if o != op {
							return nil, nil
						}
						f.mu.Lock()
						for _, u := range f.uploads {
							u.State = "cancelled"
						}
						f.mu.Unlock()
						return answer()
					}
					b, j := Fixed(), new(MemoryJournal)
					b.FilePasses = passes
					s := source("a", some(2))
					s.Modified = modified
					begun := time.Now()
					_, err := f.connector(t, b, func(c *Config) { c.Journal = j }).Upload(t.Context(), s)
					if !errors.Is(err, ErrCancelled) || err.Error() != "uploading a: the upload was deleted while it was under way" {
						t.Errorf("got %v", err)
					}
					if time.Since(begun) > time.Second {
						t.Errorf("it took %v", time.Since(begun))
					}
					if half, _ := j.Load(fakeBox, "a"); half != nil {
						t.Error("the journal remembers it")
					}
					f.expect(t, map[string]int{"create": 1, "delete": 0, "list": 2})
				})
			})
		}
	}
}

// Whether an upload was deleted cannot be found out: then it is not begun again, and the error is what is known.
func TestDeletedElsewhereOrNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "put":
				return says(404, repeating)
			case op == "list" && n > 1:
				return says(503, "")
			}
			return nil, nil
		}
		_, err := f.connector(t, Fixed(), nil).Upload(t.Context(), source("a", some(1)))
		if !isStatus(err, s3, 404) || !strings.HasSuffix(err.Error(), "the S3 answered 404 Not Found (NoSuchUpload)") { // the code once
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"create": 1, "delete": 1})
	})
}
