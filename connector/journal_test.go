package connector

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var modified = time.Date(2026, 9, 1, 12, 0, 0, 123456789, time.FixedZone("", 7200))

func journals(t *testing.T) map[string]Journal {
	return map[string]Journal{
		"memory": new(MemoryJournal), "files": FileJournal{Dir: filepath.Join(t.TempDir(), "a", "b")},
	}
}

func TestJournal(t *testing.T) {
	for name, j := range journals(t) {
		t.Run(name, func(t *testing.T) {
			if h, err := j.Load("box", "../a/b"); h != nil || err != nil {
				t.Fatalf("an empty journal has %v, %v", h, err)
			}
			h := &HalfUpload{
				Alias: "../a/b", FileID: "id", BoxID: "box", Size: 7, Modified: modified, PartSize: 8, Header: []byte{1}, Sealed: []byte{2},
				Parts: map[int]PartDigests{3: {"a", "b", "c"}},
			}
			if err := j.Save(h); err != nil {
				t.Fatal(err)
			}
			got, err := j.Load("box", "../a/b")
			if err != nil || !got.Modified.Equal(modified) {
				t.Fatalf("%v, %v", got, err)
			}
			got.Modified = modified
			if !reflect.DeepEqual(got, h) {
				t.Errorf("got %+v, want %+v", got, h)
			}
			h.Parts[4] = PartDigests{} // what was saved does not change with it
			if got, _ := j.Load("box", "../a/b"); len(got.Parts) != 1 {
				t.Error("a journal holds what was not saved")
			}
			other := h.clone()
			other.BoxID, other.FileID = "another", "other"
			if err := j.Save(other); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := j.Drop("box", "../a/b"); err != nil {
					t.Error(err)
				}
			}
			if h, err := j.Load("box", "../a/b"); h != nil || err != nil {
				t.Errorf("what was dropped is %v, %v", h, err)
			}
			if h, err := j.Load("another", "../a/b"); err != nil || h == nil || h.FileID != "other" {
				t.Errorf("the other box has %v, %v", h, err)
			}
		})
	}
}

func TestFileJournalIsPrivate(t *testing.T) {
	j := FileJournal{Dir: filepath.Join(t.TempDir(), "half")}
	if err := j.Save(&HalfUpload{BoxID: fakeBox, Alias: "a"}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(j.Dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	if os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if err := os.WriteFile(filepath.Join(j.Dir, files[0].Name()), []byte(`{"Alias":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err := j.Load(fakeBox, "a"); h != nil || err != nil {
		t.Errorf("a damaged file is %v, %v", h, err)
	}
}

// interrupt uploads until some parts are there, and ends the context then.
func interrupt(t *testing.T, f *fake, j Journal, s Source, parts int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
		if op == "put" && n > parts {
			cancel()
			return nil, context.Canceled
		}
		return nil, nil
	}
	c := f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 2 })
	if _, err := c.Upload(ctx, s); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if n := f.states()["init"]; n != 1 {
		t.Fatalf("uploads %v", f.states())
	}
	f.before = nil
	f.calls = nil
}

// Another process goes on where the first one stopped.
func TestResume(t *testing.T) {
	for name, j := range journals(t) {
		for _, first := range []int{0, 1, 3} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFake(t)
					plain := some(6)
					s := source("a", plain)
					s.Modified = modified
					interrupt(t, f, j, s, first)
					half, err := j.Load(fakeBox, "a")
					if err != nil || half == nil || len(half.Parts) != first {
						t.Fatalf("the journal has %v, %v", half, err)
					}
					var told int64
					up, err := f.connector(t, Fixed(), func(c *Config) {
						c.Journal, c.InFlight = j, 1
						c.Progress = func(e Event) { told += e.Bytes }
					}).Upload(t.Context(), s)
					if err != nil {
						t.Fatal(err)
					}
					f.check(t, up, plain)
					f.expect(t, map[string]int{"create": 0, "put": 6 - first, "list": 2, "package": 1})
					if up.Restarts != 0 || told != up.EncryptedSize {
						t.Errorf("%+v, told of %d bytes", up, told)
					}
					if half, err := j.Load(fakeBox, "a"); half != nil || err != nil {
						t.Errorf("the journal has %v, %v", half, err)
					}
				})
			})
		}
	}
}

// What does not fit is begun anew, or left alone.
func TestResumeNot(t *testing.T) {
	for name, test := range map[string]struct {
		change func(f *fake, j Journal, s *Source)
		err    error
	}{
		"gone": {change: func(f *fake, j Journal, s *Source) {
			for _, u := range f.uploads {
				u.State = "cancelled"
			}
		}},
		"other size": {err: ErrOtherSize, change: func(f *fake, j Journal, s *Source) {
			*s = source("a", some(5))
			s.Modified = modified
		}},
		"other time": {err: ErrExists, change: func(f *fake, j Journal, s *Source) { s.Modified = modified.Add(1) }},
		"other key": {err: ErrExists, change: func(f *fake, j Journal, s *Source) {
			h, _ := j.Load(fakeBox, "a")
			h.Sealed[100] ^= 1
			j.Save(h)
		}},
		"damaged": {err: ErrExists, change: func(f *fake, j Journal, s *Source) {
			h, _ := j.Load(fakeBox, "a")
			h.Parts[99] = PartDigests{}
			j.Save(h)
		}},
		"no time": {err: ErrExists, change: func(f *fake, j Journal, s *Source) { s.Modified = time.Time{} }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				j := new(MemoryJournal)
				plain := some(4)
				s := source("a", plain)
				s.Modified = modified
				interrupt(t, f, j, s, 2)
				test.change(f, j, &s)
				up, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s)
				if !errors.Is(err, test.err) {
					t.Fatalf("got %v", err)
				}
				if err != nil {
					if half, _ := j.Load(fakeBox, "a"); half == nil || f.states()["init"] != 1 {
						t.Errorf("the journal has %v, uploads %v", half, f.states())
					}
					return
				}
				f.check(t, up, plain)
				f.expect(t, map[string]int{"create": 1, "put": 4})
			})
		})
	}
}

// A resumed file that has changed although its time has not: no mixture of both is a success, and nothing of it is left behind.
func TestResumeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := new(MemoryJournal)
		plain := some(3)
		s := source("a", plain)
		s.Modified = modified
		interrupt(t, f, j, s, 1)
		other := bytes.Clone(plain)
		other[4*plainSegment-200] ^= 1 // in the segment that parts 1 and 2 share
		s.Content = bytes.NewReader(other)
		if _, err := f.connector(t, Fixed(), func(c *Config) { c.Journal = j }).Upload(t.Context(), s); !errors.Is(err, ErrChanged) {
			t.Errorf("got %v", err)
		}
		f.expect(t, map[string]int{"complete": 0})
		if n := f.states()["init"]; n != 0 {
			t.Errorf("uploads %v", f.states())
		}
	})
}

// The journal holds no key, token or URL.
func TestJournalHoldsNoSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		j := FileJournal{Dir: t.TempDir()}
		s := source("a", some(3))
		s.Modified = modified
		interrupt(t, f, j, s, 2)
		text, err := os.ReadFile(j.path(fakeBox, "a"))
		if err != nil {
			t.Fatal(err)
		}
		half, err := j.Load(fakeBox, "a")
		if err != nil {
			t.Fatal(err)
		}
		key, err := openHeader(half.Sealed, f.user.Private)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string][]byte{"data key": key[:], "private key": f.user.Private[:]} {
			for _, form := range [][]byte{secret, []byte(hex.EncodeToString(secret))} {
				if bytes.Contains(text, form) {
					t.Errorf("the journal holds the %s", name)
				}
			}
		}
		for _, word := range []string{"Signature", fakeWPAT, "eyJ", "http"} {
			if strings.Contains(string(text), word) {
				t.Errorf("the journal holds %q", word[:3])
			}
		}
	})
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"Alias":"a","FileID":"i","BoxID":"b","Size":1,"Modified":"2026-09-01T12:00:00Z","PartSize":5245120,"Header":"AQ==","Sealed":"Ag==","Parts":{"1":{"MD5":"","SHA256":""}}}`))
	f.Add([]byte(`{"Parts":null}`))
	var user KeyPair
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := parseJournal(text)
		if err != nil {
			return
		}
		tr := &transfer{Uploader: &Uploader{Key: user}, Source: Source{Alias: h.Alias, Size: h.Size}}
		if tr.usable(h) && h.Size > 0 {
			for n := range h.Parts {
				if from, to := (cut{h.Size, h.PartSize}).span(n); from >= to || from < 0 {
					t.Errorf("part %d is from %d to %d", n, from, to)
				}
			}
		}
		_, _ = openHeader(h.Sealed, user.Private)
	})
}

// failingJournal is one that can be written a few times only.
type failingJournal struct {
	MemoryJournal
	left int
}

func (j *failingJournal) Save(h *HalfUpload) error {
	if j.left--; j.left < 0 {
		return errors.New("no space left on device")
	}
	return j.MemoryJournal.Save(h)
}

// What an interrupted upload says is kept is what the journal has.
func TestJournalFull(t *testing.T) {
	for left, want := range map[int]string{
		2: "1 of its 6 parts are kept, and the next upload of the file goes on with them; the journal of half-finished uploads cannot be written: no space left on device",
		5: "3 of its 6 parts are kept, and the next upload of the file goes on with them",
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			j := &failingJournal{left: left}
			s := source("a", some(6))
			s.Modified = modified
			ctx, cancel := context.WithCancel(t.Context())
			f.before = func(op string, n int, r *http.Request) (*http.Response, error) {
				if op == "put" && n > 3 {
					cancel()
					return nil, context.Canceled
				}
				return nil, nil
			}
			_, err := f.connector(t, Fixed(), func(c *Config) { c.Journal, c.InFlight = j, 1 }).Upload(ctx, s)
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("got %v", err)
			}
			half, _ := j.Load(fakeBox, "a")
			if n := len(half.Parts); n != left-1 && n != 3 {
				t.Errorf("the journal has %d parts", n)
			}
		})
	}
}

// A process that is killed while it saves leaves a file that the next one takes away.
func TestFileJournalKilled(t *testing.T) {
	j := FileJournal{Dir: t.TempDir()}
	if err := j.Save(&HalfUpload{BoxID: fakeBox, Alias: "a"}); err != nil {
		t.Fatal(err)
	}
	killed := func() {
		t.Helper()
		if err := os.WriteFile(j.saving(fakeBox, "a"), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int) {
		t.Helper()
		if files, err := os.ReadDir(j.Dir); err != nil || len(files) != want {
			t.Errorf("the folder has %v, %v", files, err)
		}
	}
	killed()
	if err := j.Save(&HalfUpload{BoxID: fakeBox, Alias: "a", FileID: "id"}); err != nil {
		t.Fatal(err)
	}
	count(1)
	if h, err := j.Load(fakeBox, "a"); err != nil || h == nil || h.FileID != "id" {
		t.Errorf("%v, %v", h, err)
	}
	killed()
	if err := j.Drop(fakeBox, "a"); err != nil {
		t.Fatal(err)
	}
	count(0)
}
