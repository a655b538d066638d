package connector

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A download that was interrupted goes on in another process; as it is, nothing is left and it begins anew.
func TestDownloadResumes(t *testing.T) {
	const sealed = accession + ".c4gh"
	for name, c := range map[string]struct {
		behaviour Behaviour
		between   func(t *testing.T, m *mock, dir string) // the two downloads
		left      []string
		asked     int // for ranges by the second, of 6
	}{
		"fixed": {Fixed(), nil, []string{sealed + ".part", sealed + ".part.json"}, 3},
		"as is": {AsIs(), nil, nil, 6},
		"another file by then": {Fixed(), func(t *testing.T, m *mock, _ string) {
			m.put(t, accession, "", noise(2, 5<<18))
		}, []string{sealed + ".part", sealed + ".part.json"}, 6},
		"a damaged state": {Fixed(), func(t *testing.T, m *mock, dir string) {
			if err := os.WriteFile(filepath.Join(dir, sealed+".part.json"), []byte(`{"size": "`), 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{sealed + ".part", sealed + ".part.json"}, 6},
		"no bytes": {Fixed(), func(t *testing.T, m *mock, dir string) {
			if err := os.Remove(filepath.Join(dir, sealed+".part")); err != nil {
				t.Fatal(err)
			}
		}, []string{sealed + ".part", sealed + ".part.json"}, 6},
		"bytes lost in a power cut": {Fixed(), func(t *testing.T, m *mock, dir string) {
			if err := os.Truncate(filepath.Join(dir, sealed+".part"), 2*segment+124); err != nil {
				t.Fatal(err)
			}
		}, []string{sealed + ".part", sealed + ".part.json"}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMock(t, nil)
				plain := noise(1, 5<<18)
				m.put(t, accession, "", plain)
				why, dir := errors.New("enough"), t.TempDir()
				ctx, cancel := context.WithCancelCause(t.Context())
				m.hook = func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
					if op == "get_object" && n == 4 {
						cancel(why)
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					time.Sleep(time.Second)
					return serve(), nil
				}
				one := func(cfg *Config) { cfg.InFlight = 1 }
				if _, err := m.connector(t, c.behaviour, one, accession).Download(ctx, accession, dir, false); !errors.Is(err, why) {
					t.Fatalf("got %v", err)
				}
				only(t, dir, c.left...)
				m.hook = nil
				if c.between != nil {
					c.between(t, m, dir)
				}
				if name == "another file by then" {
					plain = noise(2, 5<<18)
				}
				var events tallied
				before := m.count("get_object")
				d, err := m.connector(t, c.behaviour, func(cfg *Config) { cfg.InFlight, cfg.Progress = 1, events.add }, accession).
					Download(t.Context(), accession, dir, false)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(d.Path); err != nil || !bytes.Equal(got, plain) {
					t.Errorf("other bytes; %v", err)
				}
				if n := m.count("get_object") - before; n != c.asked {
					t.Errorf("asked for %d ranges, want %d", n, c.asked)
				}
				if events.bytes != d.EncryptedSize-124 {
					t.Errorf("the events tell of %d bytes, want %d", events.bytes, d.EncryptedSize-124)
				}
				only(t, dir, accession)
			})
		})
	}
}

// One that was interrupted while it was decrypted is only decrypted again; and a file of somebody else's is left alone.
func TestDownloadResumesDecryption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 5<<18)
		m.put(t, accession, "", plain)
		dir := t.TempDir()
		plainPart := filepath.Join(dir, accession+".part")
		m.hook = func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
			if op == "get_object" && n == 1 {
				if err := os.Mkdir(plainPart, 0o700); err != nil { // so that it cannot be written
					t.Error(err)
				}
			}
			return serve(), nil
		}
		_, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, false)
		if err == nil || !strings.Contains(err.Error(), "goes on with it") {
			t.Fatalf("got %v", err)
		}
		if err := os.Remove(plainPart); err != nil {
			t.Fatal(err)
		}
		only(t, dir, accession+".c4gh", accession+".c4gh.part.json")
		before := m.count("get_object")
		if _, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, false); err != nil {
			t.Fatal(err)
		}
		if n := m.count("get_object") - before; n != 0 {
			t.Errorf("asked for %d ranges", n)
		}
		only(t, dir, accession)

		other := filepath.Join(dir, accession+".c4gh")
		if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := m.connector(t, Fixed(), nil, accession)
		if _, err := c.Download(t.Context(), accession, dir, true); !errors.Is(err, ErrFileExists) {
			t.Errorf("got %v", err)
		}
		if got, err := os.ReadFile(other); err != nil || string(got) != "mine" {
			t.Errorf("%q, %v", got, err)
		}
	})
}

// After a power cut the state may tell of parts that never came to the disk. They are brought again, and nothing is left that is not whole.
func TestDownloadAfterAPowerCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 5<<18)
		m.put(t, accession, "", plain)
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		m.hook = func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
			if op == "get_object" && n == 3 {
				cancel()
				return nil, ctx.Err()
			}
			return serve(), nil
		}
		one := func(cfg *Config) { cfg.InFlight = 1 }
		if _, err := m.connector(t, Fixed(), one, accession).Download(ctx, accession, dir, false); !errors.Is(err, ErrKept) {
			t.Fatalf("got %v", err)
		}
		m.hook = nil
		state := filepath.Join(dir, accession+".c4gh.part.json")
		text, err := os.ReadFile(state)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(state, bytes.Replace(text, []byte(`"parts":[1,2]`), []byte(`"parts":[1,2,3,4,5,6,99,-1]`), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		before := m.count("get_object")
		if _, err := m.connector(t, Fixed(), one, accession).Download(t.Context(), accession, dir, true); err != nil {
			t.Fatal(err)
		}
		if n := m.count("get_object") - before; n != 4 {
			t.Errorf("asked for %d ranges, want 4", n)
		}
		only(t, dir, accession+".c4gh")
	})
}

// What happens to be called like a download on its way, and is of somebody else, stays as it is.
func TestDownloadLeavesOthersFiles(t *testing.T) {
	for _, suffix := range []string{".part", ".c4gh.part"} {
		synctest.Test(t, func(t *testing.T) {
			m := newMock(t, nil)
			m.put(t, accession, "", noise(1, 5<<18))
			dir := t.TempDir()
			other := filepath.Join(dir, accession+suffix)
			if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			c := m.connector(t, Fixed(), nil, accession)
			if _, err := c.Download(t.Context(), accession, dir, false); !errors.Is(err, ErrFileExists) || m.count("get_object") > 0 {
				t.Errorf("%s: got %v after %d ranges", suffix, err, m.count("get_object"))
			}
			if got, err := os.ReadFile(other); err != nil || string(got) != "mine" {
				t.Errorf("%s: %q, %v", suffix, got, err)
			}
			only(t, dir, accession+suffix)
			over := m.connector(t, Fixed(), func(cfg *Config) { cfg.Overwrite = true }, accession)
			if _, err := over.Download(t.Context(), accession, dir, false); err != nil {
				t.Error(err)
			}
			only(t, dir, accession)
		})
	}
}

// Of two downloads of a file into one folder, one is told so, and the other's is whole.
func TestDownloadTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 5<<18)
		m.put(t, accession, "", plain)
		dir := t.TempDir()
		m.hook = func(op string, n int, r *http.Request, serve serving) (*http.Response, error) {
			time.Sleep(time.Duration(n%7+1) * time.Millisecond)
			return serve(), nil
		}
		errs := make(chan error)
		for range 2 {
			c := m.connector(t, Fixed(), nil, accession)
			go func() { _, err := c.Download(t.Context(), accession, dir, false); errs <- err }()
		}
		first, second := <-errs, <-errs
		if !errors.Is(first, errBusy) || second != nil {
			t.Errorf("got %v and %v", first, second)
		}
		if got, err := os.ReadFile(filepath.Join(dir, accession)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("other bytes; %v", err)
		}
		only(t, dir, accession)
	})
}

func FuzzPartial(f *testing.F) {
	f.Add([]byte(`{"size":10,"sha256":"ab","envelope":124,"part_size":5,"parts":[1,2],"whole":true}`))
	f.Add([]byte(`{"part_size":-1}`))
	f.Add([]byte(`[`))
	path := filepath.Join(f.TempDir(), "state")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := readPartial(path); err == nil && p.PartSize < 1 {
			t.Errorf("parts of %d bytes", p.PartSize)
		}
	})
}
