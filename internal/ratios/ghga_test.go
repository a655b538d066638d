package main

import (
	"context"
	"runtime"
	"testing"
)

// The upload's yardstick is two cores, so the upload has two, or what there is; after it all is as before.
func TestOnTwoCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range []struct{ before, during int }{{1, 1}, {2, 2}, {4, 2}, {64, 2}} {
		runtime.GOMAXPROCS(c.before)
		putBack := onTwoCores()
		if got := runtime.GOMAXPROCS(0); got != c.during || cores() != c.during {
			t.Errorf("of %d cores, the upload has %d and its yardstick %d, want %d", c.before, got, cores(), c.during)
		}
		if putBack(); runtime.GOMAXPROCS(0) != c.before {
			t.Errorf("%d cores became %d", c.before, runtime.GOMAXPROCS(0))
		}
	}
}

// The whole group is held to two cores, whatever becomes of it.
func TestGHGAUploadPutsCoresBack(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ghgaUpload(ctx, size{pairs: 1, ghga: 1 << 20, ghgaPart: 5 << 20}); err == nil {
		if _, tells := coreSeconds(); tells {
			t.Error("an upload that was called off is measured")
		}
	}
	if got := runtime.GOMAXPROCS(0); got != 3 {
		t.Errorf("3 cores became %d", got)
	}
}
