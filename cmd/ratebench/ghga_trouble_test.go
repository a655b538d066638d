package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ratebench/ratebench/connector"
	"github.com/ratebench/ratebench/internal/gateway"
	"github.com/ratebench/ratebench/internal/units"
)

// Off a terminal, too, it is said that attempts fail: at most every ten seconds, and not for one alone.
func TestTroubleOffTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		bar := newTransfers(&b)
		bar.limit = limitOf(connector.Fixed())
		bar.begin("a", "a", 1)
		bar.trouble("ghga.test", "connection reset")
		bar.trouble("ghga.test", "")
		if b.Len() > 0 {
			t.Errorf("one failure is worth %q", b.String())
		}
		for range 25 {
			bar.trouble("ghga.test", "connection refused")
			time.Sleep(time.Second)
		}
		want := ""
		for _, n := range []int{2, 13, 24} {
			want += fmt.Sprintf("ratebench: ghga.test: connection refused, failure %d in a row, trying again (a part or call until 12 attempts have been made, the stack's included, an upload in up to 3 passes)\n", n)
		}
		if b.String() != want {
			t.Errorf("got\n%swant\n%s", b.String(), want)
		}
	})
}

// What a server that is ended at once leaves is named with its place, and nothing else is.
func TestLeftBehind(t *testing.T) {
	if left := leftBehind(nil, nil); left != "" {
		t.Errorf("got %q", left)
	}
	data, dir := t.TempDir(), filepath.Join(t.TempDir(), "user")
	g, err := newGHGAStand(dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.write(ghgaKeyFile, []byte("x")); err != nil {
		t.Fatal(err)
	}
	want := "the key " + filepath.Join(dir, ghgaKeyFile) + "; stored bytes in " + data
	if left := leftBehind(&gateway.Backend{Dir: data}, g); left != want {
		t.Errorf("got %q, want %q", left, want)
	}
	if err := g.close(); err != nil {
		t.Error(err)
	}
	if left := leftBehind(&gateway.Backend{Dir: data}, g); left != "stored bytes in "+data {
		t.Errorf("got %q", left)
	}
	made, err := newGHGAStand("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(made.dir)
	if left := leftBehind(nil, made); left != "keys and work packages in "+made.dir {
		t.Errorf("got %q", left)
	}
}

// Parts that become larger than was asked for are spoken of, and others not.
func TestRaisedParts(t *testing.T) {
	for asked, want := range map[units.Size]string{1 << 20: "--part-size 1.0 MiB is below", 5 << 20: "", 6 << 20: ""} {
		var b bytes.Buffer
		(partFlags{PartSize: &asked}).raised(&b)
		if b.Len() > 0 != (want != "") || !strings.Contains(b.String(), want) {
			t.Errorf("%v: %q", asked, b.String())
		}
	}
}
