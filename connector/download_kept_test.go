package connector

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
)

// An encrypted file that was kept is nobody's but the user's: a download that decrypts leaves it, whether it succeeds, fails or is interrupted.
func TestDownloadBesideKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		plain := noise(1, 200_000)
		m.put(t, accession, ".bam", plain)
		dir := t.TempDir()
		kept, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, true)
		if err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(kept.Path)
		if err != nil {
			t.Fatal(err)
		}
		untouched := func(when string) {
			t.Helper()
			if now, err := os.ReadFile(kept.Path); err != nil || !bytes.Equal(now, before) {
				t.Errorf("%s: the encrypted file is not what it was; %v", when, err)
			}
		}
		asked := m.count("get_object")
		if _, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, false); !errors.Is(err, ErrStillEncrypted) || !errors.Is(err, ErrFileExists) {
			t.Errorf("without overwriting: %v", err)
		}
		if m.count("get_object") != asked {
			t.Error("ranges were asked for")
		}
		untouched("not overwriting")

		over := func(cfg *Config) { cfg.Overwrite, cfg.PartSize, cfg.InFlight = true, 65536, 1 }
		ctx, cancel := context.WithCancel(t.Context())
		m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
			if op == "get_object" && n == asked+2 {
				cancel()
				return nil, context.Canceled
			}
			return serve(), nil
		}
		if _, err := m.connector(t, Fixed(), over, accession).Download(ctx, accession, dir, false); !errors.Is(err, ErrKept) {
			t.Errorf("interrupted: %v", err)
		}
		untouched("interrupted")
		m.hook = nil
		got, err := m.connector(t, Fixed(), over, accession).Download(t.Context(), accession, dir, false)
		if err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(got.Path); err != nil || !bytes.Equal(content, plain) {
			t.Errorf("other bytes; %v", err)
		}
		if n := m.count("get_object") - asked; n != 5 { // the part that was interrupted twice
			t.Errorf("%d ranges were asked for", n)
		}
		untouched("overwriting")
		only(t, dir, filepath.Base(got.Path), filepath.Base(kept.Path))
	})
}

// A download beside a kept file is gone on with even if that file is gone by then.
func TestDownloadBesideRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMock(t, nil)
		m.put(t, accession, ".bam", noise(1, 200_000))
		dir := t.TempDir()
		kept, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, true)
		if err != nil {
			t.Fatal(err)
		}
		asked := m.count("get_object")
		change := func(overwrite bool) func(*Config) {
			return func(cfg *Config) { cfg.Overwrite, cfg.PartSize, cfg.InFlight = overwrite, 65536, 1 }
		}
		ctx, cancel := context.WithCancel(t.Context())
		m.hook = func(op string, n int, r *http.Request, serve func() *http.Response) (*http.Response, error) {
			if op == "get_object" && n == asked+2 {
				cancel()
				return nil, context.Canceled
			}
			return serve(), nil
		}
		if _, err := m.connector(t, Fixed(), change(true), accession).Download(ctx, accession, dir, false); !errors.Is(err, ErrKept) {
			t.Fatalf("interrupted: %v", err)
		}
		m.hook = nil
		if err := os.Remove(kept.Path); err != nil {
			t.Fatal(err)
		}
		got, err := m.connector(t, Fixed(), change(false), accession).Download(t.Context(), accession, dir, false)
		if err != nil {
			t.Fatal(err)
		}
		if n := m.count("get_object") - asked; n != 5 { // the part that was interrupted twice
			t.Errorf("%d ranges were asked for", n)
		}
		only(t, dir, filepath.Base(got.Path))
	})
}

// A download tells the SHA-256 of the plain file and the encrypted size, and with either of them a file that was cut off is found out.
func TestDecryptExpected(t *testing.T) {
	for name, b := range map[string]Behaviour{"fixed": Fixed(), "as is": AsIs()} {
		synctest.Test(t, func(t *testing.T) {
			m := newMock(t, nil)
			m.put(t, accession, ".bam", noise(1, 200_000))
			dir := t.TempDir()
			c := m.connector(t, b, nil, accession)
			d, err := c.Download(t.Context(), accession, dir, true)
			if err != nil {
				t.Fatal(err)
			}
			if d.SHA256 == "" || d.EncryptedSize != EncryptedSize(200_000) {
				t.Fatalf("%s: got %+v", name, d)
			}
			key, to := c.cfg.Access.Key, filepath.Join(dir, "plain")
			want := Expected{EncryptedSize: d.EncryptedSize, SHA256: d.SHA256}
			if _, err := DecryptFile(t.Context(), d.Path, to, key, want, false, nil); err != nil {
				t.Error(err)
			}
			if err := os.Truncate(d.Path, headerSize+2*segment); err != nil {
				t.Fatal(err)
			}
			for want, is := range map[Expected]error{
				{}: nil, {EncryptedSize: d.EncryptedSize}: ErrTruncated, {SHA256: d.SHA256}: ErrUnexpected, want: ErrTruncated,
			} {
				os.Remove(to)
				if _, err := DecryptFile(t.Context(), d.Path, to, key, want, false, nil); !errors.Is(err, is) {
					t.Errorf("%s, %+v: %v", name, want, err)
				}
				if exists(to) != (is == nil) {
					t.Errorf("%s, %+v: there: %v", name, want, exists(to))
				}
			}
			if _, err := DecryptFile(t.Context(), d.Path, to, key, Expected{EncryptedSize: headerSize + segment}, true, nil); err == nil {
				t.Error("a longer file passes")
			}
		})
	}
}
