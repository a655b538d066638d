package connector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func sources(n int) (list []Source) {
	for i := range n {
		list = append(list, source(fmt.Sprint("f", i), some(int64(1+i%2))))
	}
	return list
}

func TestUploadAll(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		f.pageLimit = 2 // the box is listed in several answers
		for i, state := range []string{"inbox", "failed", "archived", "cancelled", "init"} {
			id := fmt.Sprint("7b5b9a2e-3f0c-4b86-9f0b-b3f6a4f0b00", i)
			f.uploads[id] = &fakeUpload{parts: map[int][]byte{}, FileUpload: FileUpload{ID: id, Alias: fmt.Sprint("f", i), State: state, DecryptedSize: sources(5)[i].Size}}
		}
		results, err := f.connector(t, b, nil).UploadAll(t.Context(), sources(6))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range results {
			if r.Err != nil {
				t.Error(r.Err)
			}
			got = append(got, r.Alias+" "+r.Skipped)
		}
		if want := []string{"f0 inbox", "f1 ", "f2 archived", "f3 ", "f4 init", "f5 "}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		f.expect(t, map[string]int{"list": 3, "create": 3, "complete": 3})
	})
}

// A file that fails for good does not hold up the others; as it is, it is begun again when all have had their turn.
func TestUploadAllFailing(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.PartAttempts = 1
		var order []string
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "put":
				u := f.uploads[strings.TrimPrefix(r.URL.Path, "/inbox/")]
				order = append(order, u.Alias)
				if u.Alias == "f0" {
					return nil, errors.New("the connection broke")
				}
			}
			return nil, nil
		}
		results, err := f.connector(t, b, func(c *Config) { c.InFlight = 1 }).UploadAll(t.Context(), sources(3))
		if err != nil {
			t.Fatal(err)
		}
		if results[0].Err == nil || results[1].Err != nil || results[2].Err != nil {
			t.Errorf("got %v", results)
		}
		want := "f0 f1 f1 f2 f0 f0 f0"
		if fixed {
			want = "f0 f0 f0 f1 f1 f2"
		}
		if got := strings.Join(order, " "); got != want {
			t.Errorf("parts came in the order %s, want %s", got, want)
		}
		if n := f.states(); n["init"] != 0 || n["inbox"] != 2 {
			t.Errorf("uploads %v", n)
		}
	})
}

// A full box ends the batch.
func TestUploadAllFull(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "create" && n == 2 {
				return says(507, exception("boxMaxSizeExceeded"))
			}
			return nil, nil
		}
		results, err := f.connector(t, b, nil).UploadAll(t.Context(), sources(3))
		if err != nil {
			t.Fatal(err)
		}
		if results[0].Err != nil || !isStatus(results[1].Err, ucs, 507) || !errors.Is(results[2].Err, ErrNotBegun) {
			t.Errorf("got %v", results)
		}
		f.expect(t, map[string]int{"create": 2})
	})
}

// The end of the context ends the batch, and what waits for another turn has nothing left behind.
func TestUploadAllInterrupted(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.PartAttempts = 1
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "put" {
				return nil, sleep(r.Context(), time.Second)
			}
			if op == "complete" {
				return says(503, "")
			}
			return nil, nil
		}
		results, err := f.connector(t, b, nil).UploadAll(ctx, sources(3))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Err == nil {
				t.Errorf("%s has no error", r.Alias)
			}
		}
		if n := f.states()["init"]; n != 0 {
			t.Errorf("%d uploads are left behind", n)
		}
	})
}

// Files are asked for one by one. As it is, one that failed has its next turn after all others; with Resume at once.
func TestUploadEach(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		b.PartAttempts = 1
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			if op == "complete" && n == 1 {
				return says(503, "")
			}
			return nil, nil
		}
		var turns, again, ended []int
		asked := 0
		files := func(yield func(Source) bool) {
			for _, s := range sources(3) {
				if len(turns) < asked {
					t.Errorf("file %d was asked for before the turn of the one before", asked)
				}
				if asked++; !yield(s) {
					return
				}
			}
		}
		err := f.connector(t, b, nil).UploadEach(t.Context(), files, Watch{
			Turn:  func(i int) { turns = append(turns, i) },
			Again: func(i int) { again = append(again, i) },
			Ended: func(i int, r Result) {
				ended = append(ended, i)
				if r.Err != nil {
					t.Errorf("%s: %v", r.Alias, r.Err)
				}
			},
		})
		want := [][]int{{0, 1, 2, 0}, {1, 2, 0}, {0}}
		if fixed {
			want = [][]int{{0, 1, 2}, {0, 1, 2}, nil}
		}
		if err != nil || !slices.Equal(turns, want[0]) || !slices.Equal(ended, want[1]) || !slices.Equal(again, want[2]) {
			t.Errorf("turns %v, ends %v, waiting %v, %v", turns, ended, again, err)
		}
	})
}

// A batch that its first round ends leaves nothing of the files that would have had another turn.
func TestUploadEachHalts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
			switch {
			case op == "complete" && n == 1:
				return says(503, "")
			case op == "create" && n == 2:
				return says(507, exception("boxMaxSizeExceeded"))
			}
			return nil, nil
		}
		c := f.connector(t, AsIs(), nil)
		results, err := c.UploadAll(t.Context(), sources(3))
		if err != nil || !isStatus(results[0].Err, ucs, 503) || !isStatus(results[1].Err, ucs, 507) || !errors.Is(results[2].Err, ErrNotBegun) {
			t.Errorf("%+v, %v", results, err)
		}
		if len(c.running) > 0 || f.states()["init"] > 0 {
			t.Errorf("%d are under way, %v", len(c.running), f.states())
		}
	})
}

// What can be known of a file is known before anybody is asked.
func TestSourceChecked(t *testing.T) {
	header, err := newHeader([32]byte{1}, [32]byte{9}, [32]byte{})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		s    Source
		err  error
		text string
	}{
		"encrypted": {source("a", header), ErrEncrypted, "uploading a"},
		"empty":     {source("a", nil), nil, "empty"},
		"odd name":  {source("ev\x1b[31mil", header), ErrEncrypted, "uploading ev [31mil"},
		"odd empty": {source("ev\x1b[31mil", nil), nil, "ev [31mil is empty"},
		"no alias":  {source("", some(1)), nil, "alias"},
		"nothing":   {Source{Alias: "a", Size: 1}, nil, "content"},
		"unread":    {Source{Alias: "a", Size: 1, Content: brokenFile{}}, io.ErrNoProgress, "cannot be read"},
	} {
		f := newFake(t)
		c := f.connector(t, Fixed(), nil)
		_, err := c.Upload(t.Context(), tt.s)
		if err == nil || tt.err != nil && !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: got %v", name, err)
		}
		if _, err := c.UploadAll(t.Context(), []Source{source("b", some(1)), tt.s}); err == nil {
			t.Errorf("%s: a batch takes it", name)
		}
		f.expect(t, map[string]int{"values": 0})
	}
}

type brokenFile struct{}

func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, io.ErrNoProgress }

// A file that is not as long as it was ends the upload at once, without further passes.
func TestFileChanges(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(3)
		for _, off := range []int64{-1, 1} {
			s := Source{Alias: fmt.Sprint("a", off), Size: int64(len(plain)) + off, Content: bytes.NewReader(plain)}
			if _, err := f.connector(t, b, nil).Upload(t.Context(), s); !errors.Is(err, ErrChanged) {
				t.Errorf("got %v", err)
			}
		}
		f.expect(t, map[string]int{"create": 2, "complete": 0, "delete": 2})
	})
}

// A box of a few files, of which one is deleted and uploaded again.
func TestDeleteAndAgain(t *testing.T) {
	each(t, func(t *testing.T, f *fake, b Behaviour, fixed bool) {
		plain := some(2)
		first := f.connector(t, b, nil)
		up, err := first.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		c := f.connector(t, b, nil) // which lists the box with the upload in it
		if _, err := c.Upload(t.Context(), source("a", plain)); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), up.FileID) {
			t.Errorf("got %v", err)
		}
		if err := c.Delete(t.Context(), up.FileID); err != nil {
			t.Fatal(err)
		}
		again, err := c.Upload(t.Context(), source("a", plain))
		if err != nil {
			t.Fatal(err)
		}
		f.check(t, again, plain)
		list, err := c.List(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != again.FileID || list[0].State != "inbox" {
			t.Errorf("%+v, %v", list, err)
		}
		if err := c.Delete(t.Context(), "7b5b9a2e-3f0c-4b86-9f0b-b3f6a4f0c000"); !isID(err, "fileUploadNotFound") || !strings.HasPrefix(err.Error(), "deleting 7b5b") {
			t.Errorf("got %v", err)
		}
	})
}
