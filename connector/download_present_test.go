package connector

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
)

// What is there with the right size, decrypted or not, is not brought again, and what has another size is somebody's own.
func TestDownloadPresent(t *testing.T) {
	for _, keep := range []bool{false, true} {
		for _, n := range []int{0, 1, 65536, 65537} {
			synctest.Test(t, func(t *testing.T) {
				m := newMock(t, nil)
				m.put(t, accession, ".bam", noise(1, n))
				dir := t.TempDir()
				got, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, keep)
				if err != nil {
					t.Fatal(err)
				}
				before := m.count("get_object")
				if _, err := m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, keep); !errors.Is(err, ErrPresent) {
					t.Errorf("keep %v, %d bytes: %v", keep, n, err)
				}
				if err := os.Truncate(got.Path, got.Size+1); err != nil {
					t.Fatal(err)
				}
				_, err = m.connector(t, Fixed(), nil, accession).Download(t.Context(), accession, dir, keep)
				if !errors.Is(err, ErrFileExists) || errors.Is(err, ErrPresent) {
					t.Errorf("keep %v, %d bytes and one more: %v", keep, n, err)
				}
				if m.count("get_object") != before {
					t.Error("ranges were asked for")
				}
			})
		}
	}
}
