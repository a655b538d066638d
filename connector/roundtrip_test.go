package connector_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"github.com/ratebench/ratebench/connector"
)

// The whole way in one piece, with the sizes at which something begins or ends and parts of 80 segments: what is uploaded is archived as it came, and
// whoever downloads and decrypts it has the same bytes.
func TestRoundTrip(t *testing.T) {
	const part = 80 * 65536
	// What S3 holds is longer than the plain file, by the header and 28 bytes for each segment: so at edge bytes it is exactly a part long.
	const edge = part - 124 - 80*28
	sizes := []int64{1, 65535, 65536, 65537, edge - 1, edge, edge + 1, part - 1, part, part + 1, 2*part + 5}
	if raceEnabled {
		sizes = []int64{1, 65536, edge + 1}
	}
	if got := connector.EncryptedSize(edge); got != part {
		t.Fatalf("%d bytes are %d when they are encrypted, want %d", edge, got, part)
	}
	for name, b := range map[string]connector.Behaviour{"fixed": connector.Fixed(), "as is": connector.AsIs()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deploy(t, nil)
				dir := t.TempDir()
				up := d.connector(b, d.wire, nil)
				for i, size := range sizes {
					plain := random(size)
					got, err := up.Upload(t.Context(), source(fmt.Sprint(size, ".bam"), plain))
					if err != nil {
						t.Fatal(err)
					}
					accession := fmt.Sprintf("GHGAF%014d", i+1)
					if err := d.platform.Archive(t.Context(), got.FileID, accession); err != nil {
						t.Fatal(err)
					}
					if s, _ := d.platform.State(got.FileID); s.State != "archived" {
						t.Errorf("%d bytes: the UCS has %+v", size, s)
					}
					down, err := d.downloads(b, accession).Download(t.Context(), accession, dir, false)
					if err != nil {
						t.Fatalf("%d bytes: %v", size, err)
					}
					if text, err := os.ReadFile(down.Path); err != nil || !bytes.Equal(text, plain) {
						t.Errorf("%d bytes went up, and %d others came down; %v", size, len(text), err)
					}
				}
				d.noneOpen()
			})
		})
	}
}

// downloads makes a Connector with a work package for these files.
func (d *deployment) downloads(b connector.Behaviour, accessions ...string) *connector.Connector {
	d.t.Helper()
	wp, err := d.platform.NewDownloadPackage(d.access.Key.Public, accessions...)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.connector(b, d.wire, func(c *connector.Config) {
		c.Access.WorkPackage, c.Access.Token = wp.ID, wp.Token
	})
}
