package connector

import (
	"bytes"
	"io"
	"sync"
	"testing"
)

func TestBody(t *testing.T) {
	data := content(100_000)
	b := NewBody(data)
	for range 2 { // every reader reads the whole
		r := b.Open()
		if _, ok := r.(io.WriterTo); ok {
			t.Error("a reader hands its memory out")
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}
	shut := b.Open()
	shut.Close()
	if _, err := shut.Read(make([]byte, 1)); err == nil {
		t.Error("a closed reader reads")
	}
}

// Whoever still reads when the memory is somebody else's gets an error, and never other bytes.
func TestBodyReleased(t *testing.T) {
	data := bytes.Repeat([]byte{1}, 1<<20)
	b := NewBody(data)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			r := b.Open()
			p := make([]byte, 1000)
			for {
				n, err := r.Read(p)
				if bytes.IndexByte(p[:n], 2) >= 0 {
					t.Error("it read what is not its own")
				}
				if err != nil {
					return
				}
			}
		})
	}
	b.Release()
	for i := range data {
		data[i] = 2
	}
	all.Wait()
	if b.Size() != 1<<20 {
		t.Error("the size is gone")
	}
}
